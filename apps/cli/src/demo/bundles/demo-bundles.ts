import { faker } from '@faker-js/faker/locale/en';
import { bundleOf, type NamedBundle, type Resource } from './fhir.ts';
import { personResource, seedPeople } from './people.ts';
import { seedVisits, visitResources } from './visits.ts';

/** Any number; it only has to stay. */
export const DEMO_SEED = 26_112_021;

const CLINICS = [
  { fileName: 'harbour-clinic.json', name: 'Harbour Clinic', persons: [0, 1, 2, 3, 4, 5, 6], visits: 4 },
  {
    fileName: 'hillside-practice.json',
    name: 'Hillside Family Practice',
    persons: [0, 7, 8, 9, 10, 11],
    visits: 2,
  },
];
const PRACTITIONERS_A_CLINIC = 3;

/**
 * Two clinics with their practitioners, patients and visits as FHIR R4 bundles. Made up from a fixed seed: the same seed gives the
 * same bytes. Person 0 is a patient of both clinics.
 */
export function demoBundles(seed: number = DEMO_SEED): NamedBundle[] {
  seedPeople(seed);
  seedVisits(seed);
  const people = new Map<number, Resource>();
  const person = (number: number): Resource => {
    const known = people.get(number) ?? personResource(number);
    people.set(number, known);
    return known;
  };
  return CLINICS.map(({ fileName, name, persons, visits }) => {
    const clinic = organization(name);
    const practitioners = Array.from({ length: PRACTITIONERS_A_CLINIC }, practitioner);
    const patients = persons.map((number) => patientOf(clinic, person(number)));
    const treated = patients.flatMap((patient) =>
      Array.from({ length: visits }, () => visitResources({ clinic, practitioners, patient })).flat(),
    );
    return { fileName, bundle: bundleOf([clinic, ...practitioners, ...patients, ...treated]) };
  });
}

function organization(name: string): Resource {
  return {
    resourceType: 'Organization',
    id: faker.string.uuid(),
    name,
    type: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/organization-type', code: 'prov' }] }],
  };
}

function practitioner(): Resource {
  const [given, family] = [faker.person.firstName(), faker.person.lastName()];
  return {
    resourceType: 'Practitioner',
    id: faker.string.uuid(),
    name: [{ text: `Dr. ${given} ${family}`, family, given: [given], prefix: ['Dr.'] }],
  };
}

/** Each clinic has its own resource of the person, as two systems would. */
function patientOf(clinic: Resource, person: Resource): Resource {
  return { ...person, id: faker.string.uuid(), managingOrganization: { reference: `urn:uuid:${clinic.id}` } };
}
