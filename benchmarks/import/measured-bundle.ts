/** A made-up FHIR R4 bundle of one clinic, with new ids at every call. */
import { randomUUID } from 'node:crypto';

const PATIENTS = 40;
const VISITS_A_PATIENT = 8;

/** A Bundle of type collection. */
export interface MeasuredBundle {
  readonly resourceType: 'Bundle';
  readonly type: 'collection';
  readonly entry: readonly { readonly fullUrl: string; readonly resource: Resource }[];
}

interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly [member: string]: unknown;
}

/** A clinic, two practitioners, forty patients and eight visits of each, with what was found and done. */
export function measuredBundle(): MeasuredBundle {
  const clinic = resource('Organization', { name: `Clinic ${randomUUID()}` });
  const doctors = ['Ann Lee', 'Ben Okafor'].map((text) => resource('Practitioner', { name: [{ text }] }));
  const patients = Array.from({ length: PATIENTS }, (_, number) => patientResource(number));
  const visits = patients.flatMap((patient) =>
    Array.from({ length: VISITS_A_PATIENT }, (_, at) =>
      visitResources(clinic, doctors[at % 2] ?? clinic, patient, at),
    ),
  );
  const resources = [clinic, ...doctors, ...patients, ...visits.flat()];
  const entry = resources.map((each) => ({ fullUrl: `urn:uuid:${each.id}`, resource: each }));
  return { resourceType: 'Bundle', type: 'collection', entry };
}

function patientResource(number: number): Resource {
  return resource('Patient', {
    name: [{ family: `Family${number}`, given: ['Given', `Middle${number}`] }],
    gender: number % 2 === 0 ? 'female' : 'male',
    birthDate: `19${50 + (number % 50)}-02-28`,
    identifier: [{ system: 'https://people.example/number', value: randomUUID() }],
    telecom: [{ system: 'phone', value: '+1 555 0100' }],
    address: [{ line: ['1 Main Street'], city: 'Springfield', postalCode: '01101' }],
  });
}

function visitResources(clinic: Resource, doctor: Resource, patient: Resource, at: number): Resource[] {
  const day = `2025-0${1 + at}-15`;
  const subject = refer(patient);
  const visit = resource('Encounter', {
    status: 'finished',
    class: { code: 'AMB' },
    subject,
    participant: [{ individual: refer(doctor) }],
    serviceProvider: refer(clinic),
    period: { start: `${day}T09:00:00+01:00`, end: `${day}T09:30:00+01:00` },
  });
  const encounter = refer(visit);
  const finding = { code: { text: 'Atopic dermatitis' }, subject, encounter };
  const done = { status: 'completed', code: { text: 'Inspection of the skin' }, subject, encounter };
  return [visit, resource('Condition', finding), resource('Procedure', done)];
}

function resource(resourceType: string, members: object): Resource {
  return { resourceType, id: randomUUID(), ...members };
}

function refer({ id }: Resource): { readonly reference: string } {
  return { reference: `urn:uuid:${id}` };
}
