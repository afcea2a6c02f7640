import { CarewardError } from '@careward/kernel';
import { describe, expect, test } from 'vitest';
import { indexBundle } from './index-bundle.ts';
import { READ_BYTES } from './json-cursor.ts';
import { bufferSource } from './random-access-source.ts';
import { MAX_ELEMENT_BYTES, readElement } from './read-element.ts';

async function read(text: string | Buffer): Promise<unknown[]> {
  const source = bufferSource('test.json', Buffer.from(text));
  const values: unknown[] = [];
  for await (const location of indexBundle(source)) values.push(await readElement(source, location));
  return values;
}

async function refusalOf(text: string | Buffer): Promise<CarewardError> {
  const error: unknown = await read(text).catch((caught: unknown) => caught);
  if (!(error instanceof CarewardError)) throw new Error('was not refused');
  return error;
}

const patient = { resourceType: 'Patient', id: 'a' };
const entries = [
  { fullUrl: 'urn:x', resource: patient },
  { resource: { resourceType: 'Encounter', id: 'b' } },
];

describe('a bundle', () => {
  test.each([
    ['members in any order', JSON.stringify({ entry: entries, type: 'batch', resourceType: 'Bundle' })],
    ['white space everywhere', JSON.stringify({ resourceType: 'Bundle', entry: entries }, null, '\t\r\n ')],
    ['a byte order mark', `\ufeff${JSON.stringify({ resourceType: 'Bundle', entry: entries })}\n\n`],
    ['an escaped member name', `{"resource\\u0054ype":"Bundle","\\u0065ntry":${JSON.stringify(entries)}}`],
  ])('is read with %s', async (_, text) => {
    expect(await read(text)).toEqual(entries);
  });

  test('is read where strings hold brackets, quotes and backslashes', async () => {
    const tricky = ['}', ']', '{"', '\\', '\\"', '"]}', '\\\\"', 'é\u2028𠮷', ',:'].map((value) => ({
      value,
      [value]: 1,
    }));
    expect(await read(JSON.stringify({ resourceType: 'Bundle', entry: tricky }))).toEqual(tricky);
  });

  test('is read wherever the reads happen to end', async () => {
    for (let shift = -12; shift <= 12; shift++) {
      const padding = ' '.repeat(READ_BYTES + shift);
      const text = `{"resourceType":"Bundle","entry":[${padding}{"a":"\\"é\\\\"},${padding}{"b":[1,{}]}${padding}]}`;
      expect(await read(text)).toEqual([{ a: '"é\\' }, { b: [1, {}] }]);
    }
  });

  test('without entries has no elements', async () => {
    expect(await read('{"resourceType":"Bundle"}')).toEqual([]);
    expect(await read('{"resourceType":"Bundle","entry":[ ]}')).toEqual([]);
  });
});

test('a lone resource is one element, even when it has a member called entry', async () => {
  const list = { entry: [{ item: 1 }], resourceType: 'List', id: 'c' };
  expect(await read(JSON.stringify(patient))).toEqual([patient]);
  expect(await read(` ${JSON.stringify(list)} `)).toEqual([list]);
});

describe('what is refused', () => {
  test.each([
    ['nothing', '', 'fhir-json-truncated'],
    ['white space', ' \n', 'fhir-json-truncated'],
    ['a cut file', '{"resourceType":"Bundle","entry":[{"a":1},{"b"', 'fhir-json-truncated'],
    ['a file cut in a word', '{"resourceType":"Bundle","entry":[tru', 'fhir-json-truncated'],
    ['no JSON', 'MSH|^~\\&|ADT', 'fhir-json-malformed'],
    ['XML', '<Bundle xmlns="http://hl7.org/fhir"/>', 'fhir-json-malformed'],
    ['a missing comma', '{"resourceType":"Bundle","entry":[{} {}]}', 'fhir-json-malformed'],
    ['a trailing comma', '{"resourceType":"Bundle","entry":[{},]}', 'fhir-json-malformed'],
    ['a leading comma', '{,"resourceType":"Bundle"}', 'fhir-json-malformed'],
    ['a broken element', '{"resourceType":"Bundle","entry":[{"a" 1}]}', 'fhir-json-malformed'],
    ['crossed brackets', '{"resourceType":"Bundle","entry":[{"a":[}]]}', 'fhir-json-malformed'],
    ['a broken word', '{"resourceType":"Bundle","total":1e}', 'fhir-json-malformed'],
    ['content after the end', '{"resourceType":"Bundle"}]', 'fhir-json-malformed'],
    ['UTF-16', Buffer.from('\ufeff{"resourceType":"Bundle"}', 'utf16le'), 'fhir-json-malformed'],
    ['NDJSON', '{"resourceType":"Patient"}\n{"resourceType":"Patient"}', 'fhir-several-documents'],
    ['a list', '[{"resourceType":"Patient"}]', 'fhir-not-a-resource'],
    ['a number', '7', 'fhir-not-a-resource'],
    ['an object of something else', '{"swagger":"2.0"}', 'fhir-not-a-resource'],
    ['a bundle whose entry is no list', '{"resourceType":"Bundle","entry":{}}', 'fhir-json-malformed'],
    ['a second entry list', '{"resourceType":"Bundle","entry":[],"entry":[]}', 'fhir-duplicate-member'],
    ['a second resource type', '{"resourceType":"Bundle","resourceType":"Patient"}', 'fhir-duplicate-member'],
    [
      'a member named twice',
      '{"resourceType":"Bundle","entry":[{"a":1,"b":{"c":1,"c":2}}]}',
      'fhir-duplicate-member',
    ],
  ])('%s', async (_, text, code) => {
    expect((await refusalOf(text)).code).toBe(code);
  });

  test('bytes that are not UTF-8', async () => {
    const text = Buffer.from('{"resourceType":"Bundle","entry":[{"a":"X"}]}');
    text[text.indexOf('X')] = 0xff;
    expect((await refusalOf(text)).code).toBe('fhir-json-malformed');
  });

  test('a nesting bomb, without a stack overflow', async () => {
    const bomb = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`;
    expect((await refusalOf(`{"resourceType":"Bundle","entry":[${bomb}]}`)).code).toBe('fhir-json-too-deep');
    expect((await refusalOf(`{"x":${bomb},"resourceType":"Bundle"}`)).code).toBe('fhir-json-too-deep');
  });

  test('an element over 8 MB', async () => {
    const large = JSON.stringify({ data: 'x'.repeat(MAX_ELEMENT_BYTES) });
    expect((await refusalOf(`{"resourceType":"Bundle","entry":[${large}]}`)).code).toBe(
      'fhir-element-too-large',
    );
  });

  test('errors name the place and never the content', async () => {
    const error = await refusalOf(
      '{"resourceType":"Bundle","entry":[{"name":"Mustermann" "ssn":"999-68-8566"}]}',
    );
    expect(error.faults).toEqual([{ path: '', message: 'in the value at byte 34' }]);
    expect(JSON.stringify([error, error.detail, error.message, error.cause ?? ''])).not.toMatch(
      /Mustermann|999/,
    );
    const cut = await refusalOf('{"resourceType":"Bundle","entry":[{"name":"Mustermann');
    expect(cut.faults).toEqual([{ path: '', message: 'at byte 53' }]);
  });
});

test('a member called __proto__ is a member like any other', async () => {
  const [element] = await read('{"resourceType":"Bundle","entry":[{"__proto__":{"admin":true}}]}');
  expect(Object.keys(element as object)).toEqual(['__proto__']);
});
