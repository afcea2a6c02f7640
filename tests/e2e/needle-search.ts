/** Finds what identifies a patient in any bytes, however a program is likely to have written it. */
import { readSharedJson } from '@careward/testing';

interface Needles {
  readonly names: readonly string[];
  readonly ids: Readonly<Record<string, readonly string[]>>;
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  readonly birthDate: string;
  readonly addressLines: readonly string[];
}

/** Shorter values are in every file by chance: they count only as the whole of a field. */
const SHORTEST_IN_BYTES = 8;

/** Every identifying value of the patients, as the files have it. */
function needleValues(): string[] {
  const all = readSharedJson<Needles[]>('fhir', 'NEEDLES.json') ?? [];
  const values = all.flatMap(({ names, ids, phones, emails, birthDate, addressLines }) => {
    const numbers = Object.values(ids).flat();
    return [...names, ...numbers, ...phones, ...emails, birthDate, ...addressLines];
  });
  return [...new Set(values)];
}

/** Something found, and around it the place. */
export interface Find {
  readonly needle: string;
  readonly where: string;
}

/** Searches bytes for many values at once. */
export class NeedleSearch {
  readonly #values: readonly string[];
  /** One bit for each possible beginning of three bytes: most places of a file are passed over with one look. */
  readonly #beginnings = new Uint8Array(2 ** 24);
  readonly #patterns = new Map<number, { bytes: Buffer; needle: string }[]>();
  readonly #short = new Map<string, string>();

  constructor(values: readonly string[] = needleValues()) {
    this.#values = values;
    for (const value of values) for (const spelling of spellingsOf(value)) this.#add(spelling, value);
  }

  /** Every value is looked for in some form. */
  get values(): readonly string[] {
    return this.#values;
  }

  /** What of the values stands anywhere in these bytes, without regard to the case of ASCII letters. */
  inBytes(haystack: Buffer, where: string): Find[] {
    const found = new Map<string, Find>();
    const bytes = folded(haystack);
    for (let at = 0; at + 2 < bytes.length; at += 1) {
      const beginning = beginningAt(bytes, at);
      if (this.#beginnings[beginning] !== 1) continue;
      for (const pattern of this.#patterns.get(beginning) ?? []) {
        if (!pattern.bytes.equals(bytes.subarray(at, at + pattern.bytes.length))) continue;
        const around = bytes.toString('latin1', Math.max(0, at - 40), at + pattern.bytes.length + 20);
        found.set(pattern.needle, {
          needle: pattern.needle,
          where: `${where} at ${at}: ${printable(around)}`,
        });
      }
    }
    return [...found.values()];
  }

  /** As {@link inBytes}, and short values where they are the whole field. */
  inField(field: string | Buffer, where: string): Find[] {
    const text = typeof field === 'string' ? field : field.toString('latin1');
    const needle = this.#short.get(text.toLowerCase());
    const bytes = typeof field === 'string' ? Buffer.from(field, 'utf8') : field;
    return [...(needle === undefined ? [] : [{ needle, where }]), ...this.inBytes(bytes, where)];
  }

  #add(spelling: string, needle: string): void {
    if (spelling.length < SHORTEST_IN_BYTES) {
      this.#short.set(spelling.toLowerCase(), needle);
      return;
    }
    for (const form of formsOf(spelling)) {
      const bytes = folded(form);
      const beginning = beginningAt(bytes, 0);
      this.#beginnings[beginning] = 1;
      const known = this.#patterns.get(beginning) ?? [];
      if (!known.some((pattern) => pattern.bytes.equals(bytes))) known.push({ bytes, needle });
      this.#patterns.set(beginning, known);
    }
  }
}

/** The ways in which the same value is stored or written: separators left out, composed or decomposed, folded. */
function spellingsOf(value: string): Set<string> {
  const digits = value.replace(/[\s().-]/g, '');
  const isNumber = /^\d{9,}$/.test(digits);
  const texts = [value, value.toLowerCase(), value.normalize('NFD'), ...(isNumber ? [digits] : [])];
  return new Set([...texts, value.toLowerCase().normalize('NFD'), value.replaceAll("'", "''")]);
}

function formsOf(text: string): Buffer[] {
  const utf8 = Buffer.from(text, 'utf8');
  const escaped = [
    encodeURIComponent(text),
    encodeURIComponent(text).replaceAll('%20', '+'),
    jsonEscaped(text),
  ];
  return [
    utf8,
    Buffer.from(text, 'utf16le'),
    ...(/^[\0-\xff]*$/.test(text) ? [Buffer.from(text, 'latin1')] : []),
    Buffer.from(utf8.toString('hex')),
    ...escaped.map((form) => Buffer.from(form, 'latin1')),
    ...base64Forms(utf8),
  ];
}

/** What of a value's base64 is the same whatever stands before and after it, at each of the three places it can begin. */
function base64Forms(utf8: Buffer): Buffer[] {
  return ['base64', 'base64url'].flatMap((encoding) =>
    [0, 1, 2].map((before) => {
      const padded = Buffer.concat([Buffer.alloc(before), utf8]);
      const text = padded.toString(encoding as 'base64').replaceAll('=', '');
      const touched = padded.length % 3 === 0 ? text.length : text.length - 1;
      return Buffer.from(text.slice(before === 0 ? 0 : before + 1, touched));
    }),
  );
}

function jsonEscaped(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function beginningAt(bytes: Buffer, at: number): number {
  return bytes.readUIntLE(at, 3);
}

function folded(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let at = 0; at < copy.length; at += 1) {
    const byte = copy[at] ?? 0;
    if (byte >= 0x41 && byte <= 0x5a) copy[at] = byte | 0x20;
  }
  return copy;
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '.');
}
