import pg from 'pg';
import { persistenceErrors } from './persistence.errors.ts';

/** A parameter as it goes over the wire: text, or bytes for bytea. */
export type WireValue = string | Buffer | null;

/**
 * Encodes a parameter. Takes strings, numbers, bigints, booleans, dates (as UTC), bytes, null, and arrays of these; refuses
 * everything else with `persistence-parameter-unsupported`: an object would be stored as whatever its `toString` says, and
 * `undefined` is a forgotten value.
 */
export function encodeParameter(value: unknown): WireValue {
  if (value === null) return null;
  if (Array.isArray(value)) return encodeArray(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return encodeScalar(value);
}

/** Decodes a column from its text form. */
export type WireDecoder = (text: string) => unknown;

const DATE = 1082;

/**
 * The decoder of a column type. `int8`, `numeric` and `xid8` stay strings (a number would lose digits), `date` stays `YYYY-MM-DD`
 * (a Date would move with the server's time zone), `timestamptz` becomes a Date, `bytea` a Buffer.
 */
export function decoderOf(typeId: number): WireDecoder {
  if (typeId === DATE) return String;
  return pg.types.getTypeParser(typeId, 'text') as WireDecoder;
}

function encodeScalar(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      return encodeDate(value);
  }
}

function encodeDate(value: unknown): string {
  if (value instanceof Date && !Number.isNaN(value.getTime())) return value.toISOString();
  throw persistenceErrors.error('persistence-parameter-unsupported', {
    detail: `a value of type ${typeof value}`,
  });
}

function encodeArray(values: readonly unknown[]): string {
  return `{${values.map(encodeElement).join(',')}}`;
}

function encodeElement(value: unknown): string {
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return encodeArray(value);
  if (value instanceof Uint8Array) return `"\\\\x${Buffer.from(value).toString('hex')}"`;
  return `"${encodeScalar(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
