import { fhirReadingErrors } from './fhir-reading.errors.ts';
import { END, JsonCursor, type ValueLocation } from './json-cursor.ts';
import type { RandomAccessSource } from './random-access-source.ts';
import { readElement } from './read-element.ts';

/** Where an element lies, and what it is: an entry of the Bundle, or the one resource that the whole file is. */
export interface ElementLocation extends ValueLocation {
  readonly form: 'entry' | 'resource';
}

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const MAX_MEMBERS = 1_000;

/**
 * Finds the elements of a file that is a FHIR R4 Bundle in JSON, or one resource, in bounded memory whatever its size. Members may
 * come in any order, with any white space, escapes and a UTF-8 byte order mark.
 *
 * Elements are found while the file is walked: an error may follow elements that were already answered, and means that the file as
 * a whole is not to be trusted. Refuses with `fhir-json-malformed`, `fhir-json-truncated`, `fhir-duplicate-member` (of the Bundle
 * itself), `fhir-several-documents` and `fhir-not-a-resource`, and names the byte, never the content.
 */
export async function* indexBundle(source: RandomAccessSource): AsyncGenerator<ElementLocation> {
  const cursor = new JsonCursor(source, await byteOrderMarkLength(source));
  const root = new RootObject(source, cursor);
  await root.open();
  while (await root.nextMember()) {
    if (root.atEntries && root.resourceType === 'Bundle') yield* elements(cursor);
    else await root.passValue();
  }
  await rejectMoreContent(cursor);
  yield* root.remaining();
}

/** The object that the file is, as far as it has been walked. */
class RootObject {
  resourceType: unknown;
  readonly #source: RandomAccessSource;
  readonly #cursor: JsonCursor;
  readonly #names = new Set<string>();
  #offset = 0;
  #end = 0;
  #name = '';
  #members = 0;
  #depth = 1;
  #entries: ValueLocation | undefined;

  constructor(source: RandomAccessSource, cursor: JsonCursor) {
    this.#source = source;
    this.#cursor = cursor;
  }

  /** Whether the cursor stands before the value of `entry`. */
  get atEntries(): boolean {
    return this.#name === 'entry';
  }

  async open(): Promise<void> {
    const first = await this.#cursor.peek();
    if (first !== OPEN_BRACE && mayBeginJson(first)) throw fhirReadingErrors.error('fhir-not-a-resource');
    this.#offset = this.#cursor.position;
    await this.#cursor.expect(OPEN_BRACE);
  }

  /** Passes the name of the next member and its colon; false when the object is closed. */
  async nextMember(): Promise<boolean> {
    if ((await this.#cursor.peek()) === CLOSE_BRACE) {
      this.#cursor.advance();
      this.#end = this.#cursor.position;
      return false;
    }
    if (this.#names.size > 0) await this.#cursor.expect(COMMA);
    await this.#passName();
    await this.#cursor.expect(COLON);
    return true;
  }

  /** Passes the value of the member. Entries are kept for later when it is not known yet what the file is. */
  async passValue(): Promise<void> {
    const location = await this.#cursor.skipValue();
    this.#members += location.members + 1;
    this.#depth = Math.max(this.#depth, location.depth + 1);
    if (this.atEntries && this.resourceType === undefined) this.#entries = location;
    else await this.#readMember(location);
  }

  /** The elements that could only be told once the whole object was known. */
  async *remaining(): AsyncGenerator<ElementLocation> {
    if (typeof this.resourceType !== 'string') throw fhirReadingErrors.error('fhir-not-a-resource');
    if (this.resourceType === 'Bundle' && this.#entries !== undefined) {
      yield* elements(new JsonCursor(this.#source, this.#entries.offset));
    } else if (this.resourceType !== 'Bundle') {
      const length = this.#end - this.#offset;
      yield { form: 'resource', offset: this.#offset, length, members: this.#members, depth: this.#depth };
    }
  }

  async #passName(): Promise<void> {
    const first = await this.#cursor.peek();
    if (first !== QUOTE || this.#names.size >= MAX_MEMBERS) throw this.#cursor.failure(first);
    const location = await this.#cursor.skipValue();
    this.#name = String(await readElement(this.#source, location));
    if (this.#names.has(this.#name)) throw duplicate(location);
    this.#names.add(this.#name);
  }

  async #readMember(location: ValueLocation): Promise<void> {
    const value = await readElement(this.#source, location);
    if (this.#name === 'resourceType') this.resourceType = value;
  }
}

/** The elements of the array at the cursor. */
async function* elements(cursor: JsonCursor): AsyncGenerator<ElementLocation> {
  const first = await cursor.peek();
  if (first !== OPEN_BRACKET && mayBeginJson(first)) throw fhirReadingErrors.error('fhir-not-a-resource');
  await cursor.expect(OPEN_BRACKET);
  if ((await cursor.peek()) !== CLOSE_BRACKET) {
    yield { form: 'entry', ...(await cursor.skipValue()) };
    while ((await cursor.peek()) === COMMA) {
      cursor.advance();
      yield { form: 'entry', ...(await cursor.skipValue()) };
    }
  }
  await cursor.expect(CLOSE_BRACKET);
}

async function byteOrderMarkLength(source: RandomAccessSource): Promise<number> {
  const start = await source.read(0, 3);
  return start.equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
}

async function rejectMoreContent(cursor: JsonCursor): Promise<void> {
  const next = await cursor.peek();
  if (next === END) return;
  throw next === OPEN_BRACE ? fhirReadingErrors.error('fhir-several-documents') : cursor.failure(next);
}

/** Whether the byte begins a JSON value other than an object: then the file is JSON, but no resource. */
function mayBeginJson(byte: number): boolean {
  return byte !== END && '["-0123456789tfn'.includes(String.fromCharCode(byte));
}

function duplicate(location: ValueLocation) {
  const faults = [{ path: '', message: `at byte ${location.offset}` }];
  return fhirReadingErrors.error('fhir-duplicate-member', { faults });
}
