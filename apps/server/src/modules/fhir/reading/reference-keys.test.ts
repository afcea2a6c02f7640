import { describe, expect, test } from 'vitest';
import { definedKeys, identifierToken, referenceKeys } from './reference-keys.ts';

const uuid = '11111111-1111-4111-8111-1111111111ab';

describe('the keys of a reference', () => {
  test.each([
    [`urn:uuid:${uuid.toUpperCase()}`, [uuid]],
    [`URN:UUID:${uuid}`, [uuid]],
    [`Patient/${uuid}`, [uuid]],
    [`https://a.example/r4/Patient/${uuid}/_history/2`, [uuid]],
    ['Patient/1', ['Patient/1']],
    ['Patient/1/_history/7', ['Patient/1']],
    ['https://a.example/r4/Patient/1', ['https://a.example/r4/Patient/1', 'Patient/1']],
    ['Organization?identifier=urn:oid:1.2|A', ['Organization?urn:oid:1.2|A']],
    ['Organization?identifier=http%3A%2F%2Fx%7CA%2BB', ['Organization?http://x|A+B']],
    ['urn:oid:1.2.3', ['urn:oid:1.2.3']],
  ])('%s', (reference, keys) => {
    expect(referenceKeys(reference)).toEqual(keys);
  });

  test.each([
    '#contained',
    'Patient?name=Lee',
    'Patient?identifier=onlyvalue',
    'Patient?identifier=http://x|1&active=true',
    'Patient?identifier=%',
    `Patient/\ud800`,
    `Patient/${'1'.repeat(700)}`,
  ])('%j has none', (reference) => {
    expect(referenceKeys(reference)).toEqual([]);
  });

  test('hostile references are judged in no time', () => {
    const started = performance.now();
    for (const part of ['A/', '/A', 'Aa', '?', '|', '%']) {
      referenceKeys(part.repeat(299));
      referenceKeys(part.repeat(1_000_000));
    }
    expect(performance.now() - started).toBeLessThan(250);
  });
});

test('a resource is known by id, full URL and identifiers', () => {
  const resource = { id: '7', identifier: [{ system: 'http://x', value: ' A ' }, { value: 'no system' }] };
  expect(definedKeys(resource, 'Patient', `urn:uuid:${uuid}`)).toEqual([
    'Patient/7',
    uuid,
    'Patient?http://x|A',
  ]);
  expect(definedKeys({ id: 'not an id!' }, 'Patient', undefined)).toEqual([]);
});

test('an identifier needs a system without spaces and bars, and text', () => {
  for (const identifier of [
    { value: '1' },
    { system: 'a b', value: '1' },
    { system: 'a|b', value: '1' },
    { system: 'a', value: '\u0000' },
  ]) {
    expect(identifierToken(identifier)).toBeUndefined();
  }
});
