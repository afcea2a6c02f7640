import { CarewardError } from '@careward/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indexBundle } from './index-bundle.ts';
import { READ_BYTES } from './json-cursor.ts';
import { bufferSource, type RandomAccessSource } from './random-access-source.ts';
import { readElement } from './read-element.ts';

/** Serves reads of a few bytes, so that every state of the scanner meets the end of a read. */
function stingySource(bytes: Buffer, most: number): RandomAccessSource {
  const whole = bufferSource('test.json', bytes);
  return {
    ...whole,
    read: (offset, length) => whole.read(offset, length === READ_BYTES ? Math.min(length, most) : length),
  };
}

async function read(bytes: Buffer, most = bytes.length): Promise<unknown[]> {
  const scanned = stingySource(bytes, Math.max(1, most));
  const parsed = bufferSource('test.json', bytes);
  const values: unknown[] = [];
  for await (const location of indexBundle(scanned)) values.push(await readElement(parsed, location));
  return values;
}

const value = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
const spaces = fc.constantFrom('', ' ', '\n', '\t \r\n', '    ');

/** A bundle as JSON text with members in any order, extra members and odd white space. */
const bundleText = fc
  .record({
    entry: fc.array(value, { maxLength: 6 }),
    extra: fc.dictionary(fc.string({ unit: 'binary' }), value, { maxKeys: 3, noNullPrototype: true }),
    order: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
    space: spaces,
    mark: fc.boolean(),
  })
  .map(({ entry, extra, order, space, mark }) => {
    const members = Object.entries({ ...extra, resourceType: 'Bundle', entry });
    const sorted = members
      .map((member, index) => ({ member, rank: order[index] ?? 0 }))
      .sort((a, b) => a.rank - b.rank);
    const texts = sorted.map(
      ({ member: [name, content] }) =>
        `${JSON.stringify(name)}${space}:${space}${JSON.stringify(content, null, space)}`,
    );
    const text = `${space}{${space}${texts.join(`${space},${space}`)}${space}}${space}`;
    return { text, mark };
  });

test('finds in any bundle exactly what JSON.parse finds, whatever the size of a read', async () => {
  await fc.assert(
    fc.asyncProperty(bundleText, fc.integer({ min: 1, max: 40 }), async ({ text, mark }, most) => {
      const expected = (JSON.parse(text) as { entry: unknown[] }).entry;
      expect(await read(Buffer.from(mark ? `\ufeff${text}` : text), most)).toEqual(expected);
    }),
    { numRuns: 1_500 },
  );
});

test('refuses every truncation of a bundle', async () => {
  await fc.assert(
    fc.asyncProperty(
      bundleText,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 1, max: 40 }),
      async ({ text }, at, most) => {
        const bytes = Buffer.from(text.trimEnd());
        const cut = bytes.subarray(0, Math.floor(at * (bytes.length - 1)));
        await expect(read(cut, most)).rejects.toBeInstanceOf(CarewardError);
      },
    ),
    { numRuns: 1_500 },
  );
});

test('agrees with JSON.parse on damaged bundles: the same entries or a refusal, never something else', async () => {
  const damage = fc.record({ at: fc.nat(), byte: fc.constantFrom(...Buffer.from('{}[]",:\\ 0x\n')) });
  await fc.assert(
    fc.asyncProperty(
      bundleText,
      fc.array(damage, { minLength: 1, maxLength: 3 }),
      async ({ text }, damages) => {
        const bytes = Buffer.from(text);
        for (const { at, byte } of damages) bytes[at % bytes.length] = byte;
        const found = await read(bytes).catch((error: unknown) => error);
        if (found instanceof CarewardError) return;
        const expected: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
        const isBundle = (expected as { resourceType?: unknown }).resourceType === 'Bundle';
        expect(found).toEqual(isBundle ? ((expected as { entry?: unknown[] }).entry ?? []) : [expected]);
      },
    ),
    { numRuns: 3_000 },
  );
});
