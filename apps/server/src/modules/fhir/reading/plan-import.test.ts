import { describe, expect, test } from 'vitest';
import {
  all,
  bundle,
  codes,
  cough,
  doc,
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

describe('a whole bundle', () => {
  test('becomes clinic, practitioner, patient and visit', async () => {
    const { organizations, practitioners, patients, refusals } = await plan([bundle(...all)]);
    const ref = `${npi}|77`;
    expect(refusals).toEqual([]);
    expect(organizations).toEqual([
      { ref, sourceIds: [ref, `urn:uuid:${org}`], name: 'Saint Mary', known: false },
    ]);
    const doctorRef = `urn:uuid:${doc}`;
    expect(practitioners).toEqual([
      { clinicRef: ref, ref: doctorRef, sourceIds: [doctorRef], name: 'Ann Lee' },
    ]);
    expect(patients).toMatchObject([
      { sourceKey: `urn:uuid:${pat}`, name: { text: 'Bibi254 Schowalter414' } },
    ]);
    expect(patients[0]?.clinics).toEqual([
      {
        clinicRef: ref,
        visits: [
          {
            sourceKey: enc,
            practitionerRef: doctorRef,
            visitStart: '2020-03-01T22:58:04-08:00',
            visitEnd: '2020-03-02T01:00:00-08:00',
            diagnosis: 'Cough (finding) [SNOMED CT 49727002]',
            treatment: 'Encounter for problem',
          },
        ],
      },
    ]);
  });

  test('gives the same plan whatever the order of its entries and however it is cut into files', async () => {
    const whole = await plan([bundle(...all)]);
    expect(await plan([bundle(...all.toReversed())])).toEqual(whole);
    const pieces = await plan(all.toReversed());
    expect({ ...pieces, steps: [], summary: 0 }).toEqual({ ...whole, steps: [], summary: 0 });
    expect(pieces.summary).toMatchObject({ files: 5, resources: 5, ignored: {} });
  });

  test('comes once when it is given twice', async () => {
    const { patients, organizations, practitioners } = await plan([bundle(...all), bundle(...all)]);
    expect([patients.length, visitsOf(patients).length, organizations.length, practitioners.length]).toEqual([
      1, 1, 1, 1,
    ]);
  });
});

describe('oddities that are taken', () => {
  test('visits after the death, of months, at night, and without an end', async () => {
    const dead = { ...patient, deceasedDateTime: '2019-12-14T03:11:33+00:00' };
    const long = {
      ...visit,
      id: 'e2',
      period: { start: '2020-01-01T00:00:01Z', end: '2020-11-01T00:00:00Z' },
    };
    const open = { ...visit, id: 'e3', period: { start: '2021-01-01' } };
    const { patients, refusals } = await plan([bundle(hospital, doctor, dead, visit, long, open)]);
    expect(refusals).toEqual([]);
    expect(visitsOf(patients).map(({ sourceKey, visitEnd }) => [sourceKey, visitEnd])).toEqual([
      ['Encounter/e2', '2020-11-01T00:00:00Z'],
      [enc, '2020-03-02T01:00:00-08:00'],
      ['Encounter/e3', null],
    ]);
    expect(patients[0]?.deceasedAt).toBe('2019-12-14T03:11:33+00:00');
  });

  test('several names: the official one first, the maiden name kept', async () => {
    const name = [
      { use: 'maiden', family: 'Laureano', given: ['María Luisa'] },
      { use: 'official', family: 'Razo', given: ['María Luisa'], prefix: ['Mrs.'] },
    ];
    const { patients } = await plan([bundle(hospital, doctor, { ...patient, name }, visit)]);
    expect(patients[0]?.name).toEqual({ text: 'María Luisa Razo', family: 'Razo', given: ['María Luisa'] });
    expect(patients[0]?.otherNames.map(({ text }) => text)).toEqual(['María Luisa Laureano']);
  });

  test('a visit without a diagnosis says why it was held, or what it was', async () => {
    const reasonCode = [
      { coding: [{ display: 'Atopic dermatitis', system: 'http://snomed.info/sct', code: '24079001' }] },
    ];
    const bare = { ...visit, id: 'e3', type: undefined };
    const { patients } = await plan([
      bundle(hospital, doctor, patient, visit, { ...visit, id: 'e2', reasonCode }, bare),
    ]);
    expect(visitsOf(patients).map(({ diagnosis }) => diagnosis)).toEqual([
      'Encounter for problem',
      'Atopic dermatitis [SNOMED CT 24079001]',
      'No diagnosis recorded',
    ]);
  });

  test('medical record numbers are kept as identifiers, the social security number is none', async () => {
    const identifier = [
      { system: 'http://hospital.example', value: pat, type: { coding: [{ code: 'MR' }] } },
      { system: 'http://hl7.org/fhir/sid/us-ssn', value: '999-68-8566', type: { coding: [{ code: 'SS' }] } },
    ];
    const { patients } = await plan([bundle(hospital, doctor, { ...patient, identifier }, visit)]);
    expect(patients[0]).toMatchObject({ sourceKey: `http://hospital.example|${pat}`, ssn: '999688566' });
    expect(patients[0]?.identifiers).toEqual([{ system: 'http://hospital.example', value: pat, type: 'MR' }]);
  });

  test('treatments of all kinds are gathered, in an order that does not depend on the file', async () => {
    const at = { subject: { reference: `Patient/${pat}` }, encounter: { reference: `Encounter/${enc}` } };
    const medication = { resourceType: 'Medication', id: 'm1', code: { text: 'Naproxen' } };
    const treatments = [
      {
        ...at,
        resourceType: 'MedicationRequest',
        id: 'x',
        medicationReference: { reference: 'Medication/m1' },
      },
      { ...at, resourceType: 'Immunization', id: 'y', patient: at.subject, vaccineCode: { text: 'Td' } },
      { ...at, resourceType: 'Procedure', id: 'z', code: { text: 'Throat culture' } },
    ];
    const { patients, refusals } = await plan([bundle(...treatments, medication, ...all)]);
    expect(refusals).toEqual([]);
    expect(visitsOf(patients)[0]?.treatment).toBe('Throat culture; Naproxen; Td');
  });

  test('what names no visit goes to the visit that contains its time, or to the one that names it', async () => {
    const { encounter: _, ...loose } = cough;
    const timed = { ...loose, onsetDateTime: '2020-03-02T08:00:00Z' };
    const early = { ...loose, id: 'c2', onsetDateTime: '2019-01-01', code: { text: 'Measles' } };
    const named = { ...loose, id: 'c3', code: { text: 'Asthma' } };
    const naming = { ...visit, diagnosis: [{ condition: { reference: 'Condition/c3' } }] };
    const { patients, refusals } = await plan([
      bundle(hospital, doctor, patient, naming, timed, early, named),
    ]);
    expect(visitsOf(patients)[0]?.diagnosis).toBe('Asthma; Cough (finding) [SNOMED CT 49727002]');
    expect(codes(refusals)).toEqual(['Condition/c2 fhir-visit-missing']);
  });
});

describe('patients without a visit', () => {
  test('go to the clinic that their own resource names', async () => {
    const home = { ...patient, managingOrganization: { reference: `Organization/${org}` } };
    const { patients } = await plan([bundle(hospital, home)]);
    expect(patients[0]?.clinics).toEqual([{ clinicRef: `${npi}|77`, visits: [] }]);
  });

  test('go to the clinic of the caller, as do visits that name none', async () => {
    const { serviceProvider: _, ...homeless } = visit;
    const options = { defaultClinicRef: 'mine' };
    expect((await plan([patient], options)).patients[0]?.clinics).toEqual([
      { clinicRef: 'mine', visits: [] },
    ]);
    const { patients } = await plan([bundle(patient, homeless)], options);
    expect(patients[0]?.clinics.map(({ clinicRef, visits }) => [clinicRef, visits.length])).toEqual([
      ['mine', 1],
    ]);
  });

  test('are refused where no clinic is known', async () => {
    expect(codes((await plan([patient])).refusals)).toEqual([`Patient/${pat} fhir-clinic-missing`]);
  });
});
