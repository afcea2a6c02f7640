/**
 * Walks over the bytes of a JSON text without building it: finds where values begin and end, in reads of 64 kB.
 *
 * It judges structure only as far as finding ends needs: quotes, escapes, brackets. Whether a value is JSON is decided by
 * `JSON.parse` on the bytes it found, so a value it delimits wrongly is a value that does not parse.
 */
import { fhirReadingErrors } from './fhir-reading.errors.ts';
import type { RandomAccessSource } from './random-access-source.ts';

/** Bytes read from the source at a time. */
export const READ_BYTES = 65_536;

/** Where a value lies, how many members its objects have together, and how deep it nests. */
export interface ValueLocation {
  readonly offset: number;
  readonly length: number;
  readonly members: number;
  readonly depth: number;
}

/** The end of the bytes, where a byte was asked. */
export const END = -1;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A place in the bytes of a source that only moves forward. */
export class JsonCursor {
  readonly #source: RandomAccessSource;
  #chunk: Buffer = Buffer.alloc(0);
  #chunkOffset: number;
  #index = 0;

  constructor(source: RandomAccessSource, offset = 0) {
    this.#source = source;
    this.#chunkOffset = offset;
  }

  /** How many bytes of the source lie before the cursor. */
  get position(): number {
    return this.#chunkOffset + this.#index;
  }

  /** Passes white space and answers the byte that follows without passing it, or END. */
  async peek(): Promise<number> {
    for (;;) {
      while (this.#index < this.#chunk.length) {
        const byte = this.#chunk[this.#index] ?? END;
        if (!isWhiteSpace(byte)) return byte;
        this.#index++;
      }
      if (!(await this.#refill())) return END;
    }
  }

  /** Passes white space and then this byte; refuses every other. */
  async expect(byte: number): Promise<void> {
    const found = await this.peek();
    if (found !== byte) throw this.failure(found);
    this.#index++;
  }

  /** Passes the byte that `peek` has shown. */
  advance(): void {
    this.#index++;
  }

  /**
   * Passes one value inside an object or array, and answers where it lies. Refuses the end of the bytes: something has to close
   * around the value.
   */
  async skipValue(): Promise<ValueLocation> {
    const first = await this.peek();
    const offset = this.position;
    const walk = new ValueWalk(first);
    while (!walk.done) {
      if (this.#index >= this.#chunk.length && !(await this.#refill())) throw this.failure(END);
      this.#index = walk.over(this.#chunk, this.#index);
    }
    const length = this.position - offset;
    if (length === 0) throw this.failure(first);
    return { offset, length, members: walk.members, depth: walk.deepest };
  }

  /** The error for a byte that must not stand here; END is a truncated file. */
  failure(found: number) {
    const code = found === END ? 'fhir-json-truncated' : 'fhir-json-malformed';
    return fhirReadingErrors.error(code, { faults: [{ path: '', message: `at byte ${this.position}` }] });
  }

  async #refill(): Promise<boolean> {
    this.#chunkOffset += this.#chunk.length;
    this.#index = 0;
    this.#chunk = await this.#source.read(this.#chunkOffset, READ_BYTES);
    return this.#chunk.length > 0;
  }
}

/** What has to be remembered between two reads while a value is passed. */
class ValueWalk {
  done = false;
  members = 0;
  deepest = 0;
  readonly #scalar: boolean;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(first: number) {
    this.#scalar = first !== QUOTE && first !== OPEN_BRACE && first !== OPEN_BRACKET;
  }

  /** Walks on from `index`; answers the index after the value, or the length of the chunk when the value goes on. */
  over(chunk: Buffer, index: number): number {
    let at = index;
    while (at < chunk.length && !this.done) {
      if (this.#inString) at = this.#overString(chunk, at);
      else if (this.#scalar) at = this.#overScalar(chunk, at);
      else this.#structural(chunk[at++] ?? END);
    }
    return at;
  }

  #overString(chunk: Buffer, index: number): number {
    let at = index;
    while (at < chunk.length) {
      const byte = chunk[at++];
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#inString = false;
        this.done = this.#depth === 0;
        break;
      }
    }
    return at;
  }

  #overScalar(chunk: Buffer, index: number): number {
    let at = index;
    while (at < chunk.length && !this.done) {
      if (endsScalar(chunk[at] ?? END)) this.done = true;
      else at++;
    }
    return at;
  }

  #structural(byte: number): void {
    if (byte === QUOTE) this.#inString = true;
    else if (byte === COLON) this.members++;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET)
      this.deepest = Math.max(this.deepest, ++this.#depth);
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) this.done = --this.#depth === 0;
  }
}

function isWhiteSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function endsScalar(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACKET || byte === CLOSE_BRACE || isWhiteSpace(byte);
}
