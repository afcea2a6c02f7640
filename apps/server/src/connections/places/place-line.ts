import { addressWords } from './network-address.ts';
import type { PlacedRange } from './range-table.ts';

/** What a line says. */
export type PlacedLine = Omit<PlacedRange, 'line'>;

const FIELD = /,(?:"((?:[^"]|"")*)"|([^",]*))/y;
const DEGREES = /^-?\d{1,3}(?:\.\d{1,12})?$/;

/** Reads a line `first,last,country,latitude,longitude,label`; fields may be quoted (RFC 4180). Answers what is wrong with it as text. */
export function readPlaceLine(line: string): PlacedLine | string {
  const fields = fieldsOf(line);
  if (fields?.length !== 6) return 'must have six fields: first, last, country, latitude, longitude, label';
  const [from = '', to = '', country = '', north = '', east = '', label = ''] = fields;
  const [first, last] = [addressWords(from), addressWords(to)];
  if (first === undefined || last === undefined) return 'must begin with two IP addresses';
  if (first.length !== last.length) return 'must have two addresses of one kind, IPv4 or IPv6';
  if (isAfter(first, last)) return 'has its last address before its first';
  if (!/^[A-Z]{2}$/.test(country)) return 'must name the country by two capital letters (ISO 3166-1)';
  const [latitude, longitude] = [degrees(north, 90), degrees(east, 180)];
  if (latitude === undefined) return 'must have a latitude from -90 to 90';
  if (longitude === undefined) return 'must have a longitude from -180 to 180';
  if (!/^\P{Cc}{0,100}$/u.test(label)) return 'must have a label of at most 100 printable characters';
  return { first, last, place: { country, latitude, longitude, label } };
}

/** Undefined when quotes do not stand as they should. */
function fieldsOf(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',');
  const text = `,${line}`;
  const fields: string[] = [];
  for (let at = 0; at < text.length; at = FIELD.lastIndex) {
    FIELD.lastIndex = at;
    const field = FIELD.exec(text);
    if (field === null) return undefined;
    fields.push(field[1]?.replaceAll('""', '"') ?? field[2] ?? '');
  }
  return fields;
}

function isAfter(first: readonly number[], last: readonly number[]): boolean {
  const at = first.findIndex((word, index) => word !== last[index]);
  return at >= 0 && (first[at] ?? 0) > (last[at] ?? 0);
}

function degrees(text: string, most: number): number | undefined {
  const value = Number(text);
  return DEGREES.test(text) && Math.abs(value) <= most ? value : undefined;
}
