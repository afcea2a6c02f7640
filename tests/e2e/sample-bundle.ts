import { writeFile } from 'node:fs/promises';

/** What a sample bundle is to hold. */
export interface Sample {
  readonly patients: number;
  /** Left out of every patient from this number on, so that they are refused. */
  readonly birthDatesBefore?: number;
}

/** Writes a FHIR R4 bundle of one clinic with a visit for each patient. */
export async function writeSampleBundle(path: string, { patients, birthDatesBefore }: Sample): Promise<void> {
  const clinic = { resourceType: 'Organization', id: 'clinic', name: 'Sample Clinic' };
  const identified = { ...clinic, identifier: [{ system: 'https://sample.example/clinics', value: '1' }] };
  const people = Array.from({ length: patients }, (_, at) =>
    personWithVisit(at, at < (birthDatesBefore ?? patients)),
  );
  const resources = [identified, ...people.flat()];
  const entry = resources.map((resource) => ({ resource }));
  await writeFile(path, JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }));
}

function personWithVisit(at: number, withBirthDate: boolean): object[] {
  const subject = { reference: `Patient/p${at}` };
  const encounter = { reference: `Encounter/e${at}` };
  return [
    {
      resourceType: 'Patient',
      id: `p${at}`,
      identifier: [{ system: 'https://sample.example/people', value: String(at) }],
      name: [{ family: `Family${at}`, given: ['Given'] }],
      ...(withBirthDate && { birthDate: '1980-01-01' }),
    },
    {
      resourceType: 'Encounter',
      id: `e${at}`,
      status: 'finished',
      subject,
      serviceProvider: { reference: 'Organization/clinic' },
      period: { start: '2024-03-01T09:00:00Z', end: '2024-03-01T09:30:00Z' },
    },
    { resourceType: 'Condition', id: `c${at}`, subject, encounter, code: { text: 'Sample diagnosis' } },
  ];
}
