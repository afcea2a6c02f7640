/**
 * Reads one value of a file into memory.
 *
 * Defends: the importer's memory and stack, and the meaning of what is imported. Against: huge elements, nesting bombs, objects
 * that name a member twice (two readers would see two patients), bytes that are not UTF-8.
 * Does not judge what the value means.
 */
import { fhirReadingErrors } from './fhir-reading.errors.ts';
import type { ValueLocation } from './json-cursor.ts';
import type { RandomAccessSource } from './random-access-source.ts';

/** The largest element that is read, in bytes. */
export const MAX_ELEMENT_BYTES = 8 * 1024 * 1024;

/** The deepest nesting of an element that is read. */
const MAX_ELEMENT_DEPTH = 100;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The value at a location, parsed on its own. Refuses values over 8 MB, deeper than 100 levels, with a member named twice, and
 * what is not JSON in UTF-8 (RFC 8259 section 8.1).
 */
export async function readElement(source: RandomAccessSource, location: ValueLocation): Promise<unknown> {
  if (location.length > MAX_ELEMENT_BYTES) throw refusal('fhir-element-too-large', location);
  if (location.depth > MAX_ELEMENT_DEPTH) throw refusal('fhir-json-too-deep', location);
  const value = parse(await source.read(location.offset, location.length), location);
  // JSON.parse keeps the last of two members of one name, so fewer come out than colons went in.
  if (countMembers(value) !== location.members) throw refusal('fhir-duplicate-member', location);
  return value;
}

/** Neither the parser's own message nor the error as a cause: both repeat content. */
function parse(bytes: Buffer, location: ValueLocation): unknown {
  if (bytes.length < location.length) throw refusal('fhir-json-truncated', location);
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw refusal('fhir-json-malformed', location);
  }
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const children: unknown[] = Object.values(value);
  let members = Array.isArray(value) ? 0 : children.length;
  for (const child of children) members += countMembers(child);
  return members;
}

function refusal(
  code:
    | 'fhir-element-too-large'
    | 'fhir-json-too-deep'
    | 'fhir-duplicate-member'
    | 'fhir-json-truncated'
    | 'fhir-json-malformed',
  location: ValueLocation,
) {
  const message = `in the value at byte ${location.offset}`;
  return fhirReadingErrors.error(code, { faults: [{ path: '', message }] });
}
