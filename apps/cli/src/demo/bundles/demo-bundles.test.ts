import { expect, test } from 'vitest';
import { demoBundles } from './demo-bundles.ts';
import type { Resource } from './fhir.ts';
import { PERSON_SYSTEM } from './people.ts';

const bundles = demoBundles();
const resources = bundles.flatMap(({ bundle }) => bundle.entry.map(({ resource }) => resource));

test('the same seed gives the same bytes, whatever ran before; another seed gives others', () => {
  expect(JSON.stringify(demoBundles())).toBe(JSON.stringify(bundles));
  expect(JSON.stringify(demoBundles(1))).not.toBe(JSON.stringify(bundles));
});

test('two clinics, twelve people, and visits with diagnosis and treatment for everybody', () => {
  const patients = ofType('Patient');
  expect(ofType('Organization')).toHaveLength(2);
  expect(new Set(patients.map(personNumber)).size).toBe(12);
  const visited = new Set(ofType('Encounter').map(({ subject }) => JSON.stringify(subject)));
  expect(visited.size).toBe(patients.length);
  for (const type of ['Condition', 'Procedure']) expect(ofType(type).length).toBeGreaterThanOrEqual(40);
});

test('exactly one person goes to both clinics, under the same number and birth date', () => {
  const rows = Map.groupBy(ofType('Patient'), personNumber);
  const shared = [...rows.values()].filter((each) => each.length > 1);
  expect(shared).toHaveLength(1);
  expect(new Set(shared[0]?.map(({ birthDate }) => birthDate)).size).toBe(1);
  expect(new Set(shared[0]?.map(({ id }) => id)).size).toBe(2);
});

test('names are written in many scripts', () => {
  const text = JSON.stringify(ofType('Patient').map(({ name }) => name));
  const scripts = ['Latin', 'Arabic', 'Greek', 'Cyrillic', 'Hebrew', 'Hangul', 'Han'];
  expect(scripts.filter((script) => !new RegExp(`\\p{sc=${script}}`, 'u').test(text))).toEqual([]);
});

test('no id is given twice', () => {
  expect(new Set(resources.map(({ id }) => id)).size).toBe(resources.length);
});

function ofType(type: string): Resource[] {
  return resources.filter(({ resourceType }) => resourceType === type);
}

function personNumber({ identifier }: Resource): unknown {
  const all = identifier as readonly { readonly system: string; readonly value: string }[];
  return all.find(({ system }) => system === PERSON_SYSTEM)?.value;
}
