// The attacker chooses the ids in an uploaded file so that a visit of one patient is taken for a visit of another, which is then never
// imported, or so that another person's details replace those of a patient.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWorld, type World } from '../e2e/world/open-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const upload = (number: string, visitUrl: string, birthDate = '1990-01-01') => {
  const subject = { reference: `Patient?identifier=urn:x|${encodeURIComponent(number)}` };
  const entry = [
    {
      resource: {
        resourceType: 'Patient',
        identifier: [{ system: 'urn:x', value: number }],
        name: [{ text: 'Somebody' }],
        birthDate,
      },
    },
    {
      fullUrl: visitUrl,
      resource: {
        resourceType: 'Encounter',
        status: 'finished',
        period: { start: '2020-01-01T00:00:00Z' },
        subject,
      },
    },
  ];
  return world.world.north.staff.CLINIC_ADMIN.with({ 'x-purpose-of-use': 'HOPERAT' }).post('/api/v1/import', {
    resourceType: 'Bundle',
    entry,
  });
};

it('ids with blanks make no visit of one patient the visit of another', async () => {
  for (const [number, visitUrl] of [
    ['a', 'V W'],
    ['a V', 'W'],
  ] as const) {
    const { body } = await upload(number, visitUrl);
    expect(body).toMatchObject({ refusals: [], patients: { created: 1 }, medicalRecords: { created: 1 } });
  }
});

it('a patient’s number with another birth date overwrites nothing and is refused', async () => {
  await upload('taken', 'first');
  const { body } = await upload('taken', 'second', '1955-05-05');
  expect(body).toMatchObject({
    patients: { updated: 0, refused: 1 },
    medicalRecords: { created: 0 },
    refusals: [{ code: 'fhir-patient-conflict' }],
  });
  expect(await upload('taken', 'first')).toMatchObject({ body: { patients: { unchanged: 1 } } });
});
