import { describe, expect, test } from 'vitest';
import {
  all,
  bundle,
  codes,
  cough,
  doctor,
  enc,
  hospital,
  org,
  pat,
  patient,
  plan,
  type Resource,
  visit,
  visitsOf,
} from './test-harness/small-bundle.ts';

describe('what is refused, while the rest goes in', () => {
  test.each<[string, Partial<Resource>, string]>([
    ['no birth date', { birthDate: undefined }, 'fhir-birth-date-missing'],
    ['a birth year only', { birthDate: '1980' }, 'fhir-birth-date-invalid'],
    ['a birth day that no calendar has', { birthDate: '1981-02-29' }, 'fhir-birth-date-invalid'],
    ['a birth in the future', { birthDate: '2999-01-01' }, 'fhir-birth-date-invalid'],
    ['no name', { name: [] }, 'fhir-name-missing'],
    ['a name of control characters', { name: [{ text: 'A\u0000' }] }, 'fhir-name-missing'],
  ])('a patient with %s, and the visits with the patient', async (_, change, code) => {
    const { patients, refusals, organizations } = await plan([
      bundle(hospital, doctor, { ...patient, ...change }, visit),
    ]);
    expect([patients, organizations.length]).toEqual([[], 1]);
    expect(codes(refusals)).toEqual([`Patient/${pat} ${code}`, `Encounter/${enc} fhir-patient-refused`]);
    expect(refusals.map(({ lost }) => lost)).toEqual(['patient', 'visit']);
  });

  test.each<[string, Partial<Resource>, string]>([
    ['no patient', { subject: undefined }, 'fhir-subject-missing'],
    ['a patient nobody has', { subject: { reference: 'Patient/x' } }, 'fhir-reference-unresolved'],
    ['a group as patient', { subject: { reference: `Group/${org}` } }, 'fhir-reference-unresolved'],
    ['no organization', { serviceProvider: undefined }, 'fhir-clinic-missing'],
    ['no start', { period: {} }, 'fhir-visit-time-invalid'],
    ['a start that is no time', { period: { start: '2020-02-30T00:00:00Z' } }, 'fhir-visit-time-invalid'],
    ['a start without an offset', { period: { start: '2020-02-20T00:00:00' } }, 'fhir-visit-time-invalid'],
    [
      'an end before the start',
      { period: { start: '2020-03-01', end: '2020-02-01' } },
      'fhir-visit-time-invalid',
    ],
    ['a plan only', { status: 'planned' }, 'fhir-visit-not-held'],
    ['no id', { id: undefined }, 'fhir-source-id-missing'],
    ['the shape of R5', { class: [{ coding: [] }] }, 'fhir-version-unsupported'],
    ['a text over 10,000 characters', { type: [{ text: 'x'.repeat(10_001) }] }, 'fhir-text-unusable'],
  ])('a visit with %s', async (_, change, code) => {
    const second = { ...visit, id: 'e2' };
    const { patients, refusals } = await plan([
      bundle(hospital, doctor, patient, second, { ...visit, ...change }),
    ]);
    expect(refusals.map((each) => [each.code, each.lost])).toEqual([[code, 'visit']]);
    expect(visitsOf(patients).map(({ sourceKey }) => sourceKey)).toEqual(['Encounter/e2']);
  });

  test.each<[string, Partial<Resource>, string]>([
    [
      'entered in error',
      { verificationStatus: { coding: [{ code: 'entered-in-error' }] } },
      'fhir-entered-in-error',
    ],
    ['without words', { code: { coding: [{ code: '49727002' }] } }, 'fhir-text-missing'],
    ['of a visit nobody has', { encounter: { reference: 'Encounter/x' } }, 'fhir-reference-unresolved'],
  ])('a diagnosis %s', async (_, change, code) => {
    const { patients, refusals } = await plan([
      bundle(hospital, doctor, patient, visit, { ...cough, ...change }),
    ]);
    expect(codes(refusals)).toEqual([`Condition/c1 ${code}`]);
    expect(visitsOf(patients)[0]?.diagnosis).toBe('Encounter for problem');
  });

  test('parts of a patient that break a rule, by name of the part', async () => {
    const odd = {
      ...patient,
      gender: 'M',
      deceasedDateTime: '1970-01-01',
      telecom: [
        { system: 'phone', value: 'call me' },
        { system: 'phone', value: '555-981-8755' },
      ],
      identifier: [{ value: 'no system' }],
    };
    const { patients, refusals } = await plan([bundle(hospital, doctor, odd, visit)]);
    expect(patients[0]).toMatchObject({
      gender: null,
      deceasedAt: null,
      contacts: { phones: ['5559818755'] },
    });
    expect(refusals.map(({ code, reason }) => [code, /\((.*)\)$/.exec(reason)?.[1]])).toEqual(
      ['gender', 'deceasedDateTime', 'telecom', 'identifier'].map((part) => ['fhir-member-unusable', part]),
    );
  });

  test('more of a kind than a record holds, beyond the limit', async () => {
    const many = <T>(make: (index: number) => T) => Array.from({ length: 60 }, (_, index) => make(index));
    const rich = {
      ...patient,
      telecom: many((index) => ({ system: 'phone', value: `55510${index + 10}` })),
      identifier: many((index) => ({ system: 'http://x', value: `${index}` })),
    };
    const { patients, refusals } = await plan([bundle(hospital, doctor, rich, visit)]);
    expect([patients[0]?.contacts.phones.length, patients[0]?.identifiers.length]).toEqual([20, 50]);
    expect(refusals.map(({ code }) => code)).toEqual(['fhir-member-unusable', 'fhir-member-unusable']);
  });

  test('DSTU2 patients, by their shape', async () => {
    const { refusals } = await plan([
      bundle({ ...patient, name: [{ family: ['Cottrill'], given: ['Buford'] }] }),
    ]);
    expect(codes(refusals)).toEqual([`Patient/${pat} fhir-version-unsupported`]);
  });

  test('a broken file whole, and the others go in', async () => {
    const theirs = { ...visit, id: 'e9', subject: { reference: 'Patient/zz' } };
    const broken = JSON.stringify(bundle(hospital, doctor, { ...patient, id: 'zz' }, theirs)).slice(0, -2);
    const { patients, refusals, summary } = await plan([Buffer.from(broken), bundle(...all), [1, 2]]);
    expect(refusals.map(({ file, resource, code, lost }) => [file, resource, code, lost])).toEqual([
      ['0.json', 'file', 'fhir-json-truncated', 'file'],
      ['2.json', 'file', 'fhir-not-a-resource', 'file'],
    ]);
    expect(refusals[0]?.reason).toMatch(/\(at byte \d+\)$/);
    expect(visitsOf(patients).map(({ sourceKey }) => sourceKey)).toEqual([enc]);
    expect(summary).toEqual({ files: 3, resources: 5, ignored: {} });
  });

  test('entries without a resource and elements that are too deep, by place', async () => {
    const deep = `{"resource":${'['.repeat(200)}${']'.repeat(200)}}`;
    const text = `{"resourceType":"Bundle","entry":[{"request":{"method":"DELETE"}},${deep},7]}`;
    const { refusals } = await plan([Buffer.from(text)]);
    expect(codes(refusals)).toEqual([
      'entry at byte 34 fhir-resource-malformed',
      'entry at byte 66 fhir-json-too-deep',
      `entry at byte ${67 + deep.length} fhir-resource-malformed`,
    ]);
  });
});

test('a report never shows a number of the patient, even where it is all there is to tell the resource by', async () => {
  const identifier = [{ system: 'http://mr.example', value: 'MRN-4711' }];
  const anonymous = { ...patient, identifier, birthDate: '1980', id: undefined };
  const { refusals } = await plan([bundle(anonymous)]);
  expect(codes(refusals)).toEqual(['Patient at byte 54 fhir-birth-date-invalid']);
  expect(JSON.stringify(refusals)).not.toMatch(/4711|Schowalter|1980/);
});
