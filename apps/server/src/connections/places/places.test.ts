import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CarewardError } from '@careward/kernel';
import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressWords } from './network-address.ts';
import { openPlaces } from './open-places.ts';
import { placeText } from './place.ts';

const HEADER = 'first,last,country,latitude,longitude,label';
const OULU = '192.0.2.0,192.0.2.255,FI,65.01,25.47,Oulu';
const NAIROBI = '2001:db8:1::,2001:db8:1:ffff:ffff:ffff:ffff:ffff,KE,-1.29,36.82,Nairobi';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'places-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

async function written(...lines: string[]): Promise<string> {
  const file = join(folder, `${crypto.randomUUID()}.csv`);
  await writeFile(file, lines.join('\n'));
  return file;
}

async function placesOf(...lines: string[]) {
  return await openPlaces(await written(...lines));
}

async function faultsOf(file: string) {
  const error = await openPlaces(file).then(
    () => new Error('was not refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof CarewardError)) throw error as Error;
  expect(error.code).toBe('connections-places-refused');
  return error.faults?.map(({ path, message }) => `${path}: ${message}`) ?? [];
}

describe('a table of places', () => {
  it.each([
    ['192.0.2.0', 'Oulu, FI'],
    ['192.0.2.255', 'Oulu, FI'],
    ['192.0.1.255', undefined],
    ['192.0.3.0', undefined],
    ['::ffff:192.0.2.7', 'Oulu, FI'],
    ['::ffff:c000:207', 'Oulu, FI'],
    ['2001:DB8:1::192.0.2.7', 'Nairobi, KE'],
    ['2001:db8:1::', 'Nairobi, KE'],
    ['2001:db8:1:ffff:ffff:ffff:ffff:ffff', 'Nairobi, KE'],
    ['2001:db8:0:ffff:ffff:ffff:ffff:ffff', undefined],
    ['2001:db8:2::', undefined],
    ['198.51.100.4', 'DE'],
    ['', undefined],
    ['no address', undefined],
  ])('finds %s: %s', async (address, expected) => {
    const places = await placesOf(HEADER, NAIROBI, OULU, '198.51.100.4,198.51.100.4,DE,52.5,13.4,', '');
    const found = places.find(address);
    expect(found && placeText(found)).toBe(expected);
  });

  it('gives the coordinates of the range', async () => {
    const found = (await placesOf(NAIROBI)).find('2001:db8:1::1');
    expect(found).toMatchObject({ country: 'KE', label: 'Nairobi' });
    expect(found?.latitude).toBeCloseTo(-1.29, 4);
    expect(found?.longitude).toBeCloseTo(36.82, 4);
  });

  it('takes quoted fields, a byte order mark and lines of Windows', async () => {
    const line = '"192.0.2.0","192.0.2.255",US,38.9,-77.0,"Washington, ""D.C."""';
    const found = (await placesOf(`\uFEFF${HEADER}\r`, `${line}\r`)).find('192.0.2.1');
    expect(found?.label).toBe('Washington, "D.C."');
  });

  it('takes a table of more lines than are read at once', async () => {
    const ranges = Array.from({ length: 60_000 }, (_, at) => `10.${at >> 8}.${at & 255}`);
    const lines = ranges.map((net, at) => `${net}.0,${net}.255,FI,1,1,T${at}`);
    const places = await placesOf(`${HEADER}\n${lines.join('\n')}`);
    for (const [at, net] of ranges.entries()) expect(places.find(`${net}.9`)?.label).toBe(`T${at}`);
  });

  it('knows no place without a file', async () => {
    expect((await openPlaces(undefined)).find('192.0.2.1')).toBeUndefined();
  });

  it('finds what a walk through all ranges finds, whatever their order', async () => {
    await fc.assert(
      fc.asyncProperty(tables(), fc.array(address(), { maxLength: 20 }), async (ranges, asked) => {
        const places = await placesOf(
          ...ranges.map(
            ({ first, last, kind }, index) => `${text(first, kind)},${text(last, kind)},FI,1,1,${index}`,
          ),
        );
        for (const { value, kind } of [...asked, ...ranges.flatMap(endsOf)]) {
          const expected = ranges.findIndex(
            (range) => range.kind === kind && range.first <= value && value <= range.last,
          );
          expect(places.find(text(value, kind))?.label).toBe(expected < 0 ? undefined : String(expected));
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('a table with faults', () => {
  it('is refused whole, and every faulty line is named without its content', async () => {
    const file = await written(
      HEADER,
      OULU,
      'secret,192.0.3.1,FI,1,1,x',
      '192.0.4.9,192.0.4.1,FI,1,1,x',
      '192.0.5.0,2001:db8::,FI,1,1,x',
      '192.0.6.0,192.0.6.1,Finland,1,1,x',
      '192.0.7.0,192.0.7.1,FI,91,1,x',
      '192.0.8.0,192.0.8.1,FI,1,1e2,x',
      '192.0.9.0,192.0.9.1,FI,1,1',
      '192.0.10.0,192.0.10.1,FI,1,1,"x',
      '192.0.11.0,192.0.11.1,FI,1,1,a,b',
      `192.0.12.0,192.0.12.1,FI,1,1,${'x'.repeat(101)}`,
      '192.0.2.255,192.0.2.255,FI,1,1,x',
    );
    const faults = (await faultsOf(file)).map((fault) => fault.replace('CAREWARD_PLACES_FILE, ', ''));
    expect(faults).toEqual([
      'line 3: must begin with two IP addresses',
      'line 4: has its last address before its first',
      'line 5: must have two addresses of one kind, IPv4 or IPv6',
      'line 6: must name the country by two capital letters (ISO 3166-1)',
      'line 7: must have a latitude from -90 to 90',
      'line 8: must have a longitude from -180 to 180',
      'line 9: must have six fields: first, last, country, latitude, longitude, label',
      'line 10: must have six fields: first, last, country, latitude, longitude, label',
      'line 11: must have six fields: first, last, country, latitude, longitude, label',
      'line 12: must have a label of at most 100 printable characters',
      'line 13: overlaps a range that begins before it; keep one place for each address',
    ]);
    expect(faults.join()).not.toContain('secret');
  });

  it('names a range inside another although one lies between them', async () => {
    const nested = ['10.0.0.0,10.0.0.99', '10.0.0.10,10.0.0.11', '10.0.0.50,10.0.0.60'];
    const faults = await faultsOf(await written(...nested.map((range) => `${range},FI,1,1,x`)));
    expect(faults.map((fault) => fault.split(':')[0])).toEqual([
      'CAREWARD_PLACES_FILE, line 2',
      'CAREWARD_PLACES_FILE, line 3',
    ]);
  });

  it('lists a hundred and counts the others', async () => {
    const faults = await faultsOf(await written(...Array.from({ length: 150 }, () => 'x')));
    expect(faults).toHaveLength(101);
    expect(faults.at(-1)).toBe('CAREWARD_PLACES_FILE: has 50 more faulty lines');
  });

  it.each([
    ['is not there', async () => join(folder, 'absent'), /not there/],
    ['is a folder', async () => folder, /no regular file/],
    ['is one endless line', async () => await written('x'.repeat(5_000)), /too long/],
    ['is empty', async () => await written(HEADER), /no range/],
  ])('is refused when it %s', async (_, file, message) => {
    expect(await faultsOf(await file())).toEqual([expect.stringMatching(message)]);
  });
});

it.each([
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.256',
  '01.2.3.4',
  '1.2.3.',
  '.1.2.3',
  '0x1.2.3.4',
  '1..2.3',
  '::1%eth0',
  '1:2',
])('%s is no address', (address) => expect(addressWords(address)).toBeUndefined());

type Kind = 4 | 6;
interface Range {
  readonly first: bigint;
  readonly last: bigint;
  readonly kind: Kind;
}

function address(kind: fc.Arbitrary<Kind> = fc.constantFrom(4, 6)) {
  return kind.chain((chosen) => fc.record({ value: addressValue(chosen), kind: fc.constant(chosen) }));
}

/** Values close together, so that ranges touch, with some at the ends of what there is. */
function addressValue(kind: Kind): fc.Arbitrary<bigint> {
  const most = kind === 4 ? 2n ** 32n - 1n : 2n ** 128n - 1n;
  // The low end of IPv6 holds IPv4 addresses in IPv6 clothing; they are looked up as what they are.
  const least = kind === 4 ? 0n : 2n ** 100n;
  return fc.oneof(
    fc.bigInt(least, least + 300n),
    fc.bigInt(most - 300n, most),
    fc.bigInt(least, most),
    fc.bigInt(2n ** 31n, 2n ** 31n + 9n).map((value) => value + (kind === 4 ? 0n : 2n ** 101n)),
  );
}

function tables(): fc.Arbitrary<Range[]> {
  const ends = (kind: Kind) =>
    fc.uniqueArray(addressValue(kind), { minLength: 2, maxLength: 40 }).map((values) => pairs(values, kind));
  return fc
    .tuple(ends(4), ends(6))
    .map(([one, other]) => [...one, ...other])
    .chain((ranges) => fc.shuffledSubarray(ranges, { minLength: ranges.length }));
}

function pairs(values: readonly bigint[], kind: Kind): Range[] {
  const sorted = values.toSorted((one, other) => (one < other ? -1 : 1));
  const ranges: Range[] = [];
  for (let at = 0; at + 1 < sorted.length; at += 2) {
    ranges.push({ first: sorted[at] ?? 0n, last: sorted[at + 1] ?? 0n, kind });
  }
  return ranges;
}

function endsOf({ first, last, kind }: Range) {
  return [first, last, first - 1n, last + 1n]
    .filter((value) => value >= (kind === 4 ? 0n : 2n ** 100n) && value < 2n ** (kind === 4 ? 32n : 128n))
    .map((value) => ({ value, kind }));
}

function text(value: bigint, kind: Kind): string {
  const hex = value.toString(16).padStart(kind === 4 ? 8 : 32, '0');
  return ipaddr.fromByteArray([...Buffer.from(hex, 'hex')]).toString();
}
