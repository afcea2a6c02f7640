import { describe, expect, test } from 'vitest';
import {
  bundle,
  codes,
  cough,
  doctor,
  enc,
  hospital,
  npi,
  org,
  pat,
  patient,
  plan,
  visit,
  visitsOf,
} from './test-harness/small-bundle.ts';

describe('patients are never mixed up', () => {
  const other = { ...patient, id: '33333333-3333-4333-8333-333333333334', birthDate: '1990-01-01' };

  test('what names another patient than its visit is left out', async () => {
    const foreign = { ...cough, subject: { reference: `urn:uuid:${other.id}` } };
    const { patients, refusals } = await plan([bundle(hospital, doctor, patient, other, visit, foreign)]);
    expect(codes(refusals)).toEqual([
      'Condition/c1 fhir-subject-mismatch',
      `Patient/${other.id} fhir-clinic-missing`,
    ]);
    expect(visitsOf(patients)[0]?.diagnosis).toBe('Encounter for problem');
  });

  test('one number with two birth dates is two people, of whom the second is refused with the visits', async () => {
    const identifier = [{ system: 'http://mr.example', value: '1', type: { coding: [{ code: 'MR' }] } }];
    const theirs = { ...visit, id: 'e2', subject: { reference: `Patient/${other.id}` } };
    const { patients, refusals } = await plan([
      bundle(hospital, doctor, { ...patient, identifier }, { ...other, identifier }, visit, theirs),
    ]);
    expect(codes(refusals)).toEqual([
      `Patient/${other.id} fhir-patient-conflict`,
      'Encounter/e2 fhir-patient-refused',
    ]);
    expect(visitsOf(patients).map(({ sourceKey }) => sourceKey)).toEqual([enc]);
  });

  test('Patient/1 of two systems are two people, and their visits find their own', async () => {
    const system = (birthDate: string, start: string) =>
      bundle(
        hospital,
        doctor,
        { ...patient, id: '1', birthDate },
        { ...visit, id: '1', subject: { reference: 'Patient/1' }, period: { start } },
      );
    const { patients, refusals } = await plan([
      system('1970-01-01', '2001-01-01'),
      system('1971-01-01', '2002-01-01'),
    ]);
    expect(refusals).toEqual([]);
    expect(patients.map((each) => [each.birthDate, visitsOf([each])[0]?.visitStart])).toEqual([
      ['1970-01-01', '2001-01-01T00:00:00Z'],
      ['1971-01-01', '2002-01-01T00:00:00Z'],
    ]);
  });

  test('Patient/1 asked for from a third file means nobody when two have it', async () => {
    const one = (birthDate: string) => ({ ...patient, id: '1', birthDate });
    const lost = { ...visit, subject: { reference: 'Patient/1' } };
    const { refusals } = await plan([one('1970-01-01'), one('1971-01-01'), bundle(hospital, doctor, lost)]);
    expect(codes(refusals)).toContain(`Encounter/${enc} fhir-reference-ambiguous`);
  });
});

describe('clinics are never mixed up', () => {
  test('two hospitals that share a number stay two, and the number means neither', async () => {
    const second = { ...hospital, id: '11111111-1111-4111-8111-111111111112', name: 'Saint Paul' };
    const byNumber = {
      ...visit,
      id: 'e2',
      serviceProvider: { reference: `Organization?identifier=${npi}|77` },
    };
    const { organizations, refusals } = await plan([
      bundle(hospital, second, doctor, patient, visit, byNumber),
    ]);
    expect(organizations.map(({ name, sourceIds }) => [name, sourceIds])).toEqual([
      ['Saint Mary', [`urn:uuid:${org}`]],
      ['Saint Paul', [`urn:uuid:${second.id}`]],
    ]);
    expect(codes(refusals)).toEqual(['Encounter/e2 fhir-reference-ambiguous']);
  });

  test('a tax number is no id of a clinic', async () => {
    const identifier = [
      { system: 'urn:oid:2.16.840.1.113883.4.4', value: '12', type: { coding: [{ code: 'TAX' }] } },
    ];
    const { organizations } = await plan([bundle({ ...hospital, identifier })]);
    expect(organizations[0]?.sourceIds).toEqual([`urn:uuid:${org}`]);
  });

  test('Organization/1 of two systems with different names cannot become clinics', async () => {
    const weak = (name: string) => ({ resourceType: 'Organization', id: '1', name });
    const { organizations, refusals } = await plan([weak('Saint Mary'), weak('Saint Paul')]);
    expect(organizations).toEqual([]);
    expect(refusals.map(({ code }) => code)).toEqual(['fhir-source-id-missing', 'fhir-source-id-missing']);
  });

  test('a payer is no clinic', async () => {
    const payer = { ...hospital, type: [{ coding: [{ code: 'pay' }] }] };
    const { organizations, summary, refusals } = await plan([bundle(payer, doctor, patient, visit)]);
    expect(organizations).toEqual([]);
    expect(summary?.ignored).toEqual({ Organization: 1, Practitioner: 1 });
    expect(codes(refusals)).toEqual([
      `Encounter/${enc} fhir-clinic-missing`,
      `Patient/${pat} fhir-clinic-missing`,
    ]);
  });
});
