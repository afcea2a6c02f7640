import { describe, expect, test } from 'vitest';
import {
  bundle,
  codes,
  doc,
  doctor,
  enc,
  hospital,
  npi,
  org,
  patient,
  plan,
  visit,
  visitsOf,
} from './test-harness/small-bundle.ts';

describe('references', () => {
  test.each([
    ['urn:uuid', `urn:uuid:${org}`],
    ['relative', `Organization/${org}`],
    ['relative with a version', `Organization/${org}/_history/3`],
    ['absolute', `https://fhir.example/r4/Organization/${org}`],
    ['conditional', `Organization?identifier=${npi}|77`],
    ['conditional and encoded', `Organization?identifier=${encodeURIComponent(`${npi}|77`)}`],
  ])('%s finds the organization', async (_, reference) => {
    const { patients, refusals } = await plan([
      bundle(hospital, doctor, patient, { ...visit, serviceProvider: { reference } }),
    ]);
    expect(refusals).toEqual([]);
    expect(patients[0]?.clinics[0]?.clinicRef).toBe(`${npi}|77`);
  });

  test('#contained finds the resource inside the visit, once for many visits', async () => {
    const contained = [
      { resourceType: 'Organization', id: 'o', name: 'Inner', identifier: [{ system: npi, value: '5' }] },
      { resourceType: 'Practitioner', id: 'p', name: [{ text: 'Dr. No Number' }] },
    ];
    const inner = {
      ...visit,
      contained,
      serviceProvider: { reference: '#o' },
      participant: [{ individual: { reference: '#p' } }],
    };
    const { organizations, practitioners, patients } = await plan([
      bundle(patient, inner, { ...inner, id: 'e2' }),
    ]);
    expect(organizations.map(({ ref, name }) => [ref, name])).toEqual([[`${npi}|5`, 'Inner']]);
    expect(practitioners.map(({ name }) => name)).toEqual(['Dr. No Number']);
    expect(visitsOf(patients)).toHaveLength(2);
  });

  test('a practitioner role leads to the practitioner', async () => {
    const role = {
      resourceType: 'PractitionerRole',
      id: 'r1',
      practitioner: { reference: `Practitioner/${doc}` },
    };
    const byRole = { ...visit, participant: [{ individual: { reference: 'PractitionerRole/r1' } }] };
    const { practitioners, refusals } = await plan([bundle(hospital, doctor, role, patient, byRole)]);
    expect([practitioners.map(({ name }) => name), refusals]).toEqual([['Ann Lee'], []]);
  });

  test('an organization from an earlier import is announced by its id', async () => {
    const asked: string[] = [];
    const isKnownClinic = (id: string) => asked.push(id) > 0;
    const reference = `Organization?identifier=${npi}|9`;
    const { organizations, patients } = await plan(
      [bundle(patient, { ...visit, serviceProvider: { reference } })],
      { isKnownClinic },
    );
    expect(organizations).toEqual([
      { ref: `${npi}|9`, sourceIds: [`${npi}|9`], name: `${npi}|9`, known: true },
    ]);
    expect(patients[0]?.clinics[0]?.clinicRef).toBe(`${npi}|9`);
    expect(asked).toEqual([`${npi}|9`]);
  });

  test('a practitioner whom only the reference shows goes in by that name; one without a name leaves the visit without', async () => {
    const shown = {
      ...visit,
      participant: [{ individual: { reference: `Practitioner?identifier=${npi}|1`, display: 'Dr. Who' } }],
    };
    const first = await plan([bundle(hospital, patient, shown)]);
    expect(first.practitioners.map(({ ref, name }) => [ref, name])).toEqual([[`${npi}|1`, 'Dr. Who']]);
    const second = await plan([bundle(hospital, patient, visit)]);
    expect(codes(second.refusals)).toEqual([`Encounter/${enc} fhir-practitioner-unresolved`]);
    expect(visitsOf(second.patients)[0]?.practitionerRef).toBeNull();
  });
});
