import { faker } from '@faker-js/faker/locale/en';
import { COMPLAINTS, type Complaint } from './complaints.ts';
import { icd10, type Resource, referenceTo } from './fhir.ts';

/** Who takes part in a visit. */
export interface VisitPlace {
  readonly clinic: Resource;
  readonly practitioners: readonly Resource[];
  readonly patient: Resource;
}

const MINUTE_MS = 60_000;
const OPENING_HOUR = 8;

/** Puts the visits at the start of their sequence. */
export function seedVisits(seed: number): void {
  faker.seed(seed);
}

/** One visit with what was found and done in it. */
export function visitResources(place: VisitPlace): Resource[] {
  const { clinic, patient } = place;
  const complaint = faker.helpers.arrayElement(COMPLAINTS);
  const practitioner = faker.helpers.arrayElement(place.practitioners);
  const start = visitStart(patient);
  const encounter: Resource = {
    resourceType: 'Encounter',
    id: faker.string.uuid(),
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB', display: 'ambulatory' },
    subject: referenceTo(patient),
    serviceProvider: referenceTo(clinic),
    participant: [{ individual: referenceTo(practitioner) }],
    period: { start: start.toISOString(), end: new Date(start.getTime() + lengthMs()).toISOString() },
  };
  return [encounter, ...findings(complaint, patient, encounter, start)];
}

/** A weekday hour of the last years; nobody visits before being born. */
function visitStart(patient: Resource): Date {
  const earliest = new Date(Math.max(Date.parse('2022-01-03'), Date.parse(`${patient.birthDate}`)));
  const day = faker.date.between({ from: earliest, to: '2025-06-30' });
  day.setUTCHours(
    OPENING_HOUR + faker.number.int({ min: 0, max: 9 }),
    faker.helpers.arrayElement([0, 15, 30, 45]),
    0,
    0,
  );
  return day;
}

function lengthMs(): number {
  return faker.helpers.arrayElement([15, 20, 30, 45]) * MINUTE_MS;
}

function findings(complaint: Complaint, patient: Resource, encounter: Resource, start: Date): Resource[] {
  const common = { subject: referenceTo(patient), encounter: referenceTo(encounter) };
  const condition: Resource = {
    resourceType: 'Condition',
    id: faker.string.uuid(),
    code: icd10(complaint.code, complaint.diagnosis),
    recordedDate: start.toISOString(),
    ...common,
  };
  const procedures = complaint.procedures.map((text): Resource => {
    const performedDateTime = start.toISOString();
    const id = faker.string.uuid();
    return {
      resourceType: 'Procedure',
      id,
      status: 'completed',
      code: { text },
      performedDateTime,
      ...common,
    };
  });
  return [condition, ...procedures, ...prescriptions(complaint, common, start)];
}

function prescriptions({ medication }: Complaint, common: object, start: Date): Resource[] {
  if (medication === undefined) return [];
  return [
    {
      resourceType: 'MedicationRequest',
      id: faker.string.uuid(),
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: { text: medication },
      authoredOn: start.toISOString(),
      ...common,
    },
  ];
}
