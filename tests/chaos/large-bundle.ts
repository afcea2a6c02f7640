const PATIENTS = 40;
const VISITS_EACH = 25;

/** How many visits {@link largeBundle} has. */
export const VISITS_IN_LARGE_BUNDLE = PATIENTS * VISITS_EACH;

/** A FHIR bundle that takes a while to import: made-up people with many visits and no organization. */
export function largeBundle(): object {
  const people = Array.from({ length: PATIENTS }, (_, person) => {
    const id = `00000000-0000-4000-8000-${String(person).padStart(12, '0')}`;
    return [
      patient(id, person),
      ...Array.from({ length: VISITS_EACH }, (__, visit) => encounter(id, person, visit)),
    ];
  });
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: people.flat().map((resource) => ({ resource })),
  };
}

function patient(id: string, person: number): object {
  return {
    resourceType: 'Patient',
    id,
    name: [{ family: 'Large', given: [`Person ${person}`] }],
    birthDate: '1970-01-01',
  };
}

function encounter(patientId: string, person: number, visit: number): object {
  const day = new Date(Date.UTC(2020, 0, 1 + visit)).toISOString();
  return {
    resourceType: 'Encounter',
    id: `10000000-${String(visit).padStart(4, '0')}-4000-8000-${String(person).padStart(12, '0')}`,
    status: 'finished',
    type: [{ text: 'General examination' }],
    subject: { reference: `urn:uuid:${patientId}` },
    period: { start: day, end: day },
  };
}
