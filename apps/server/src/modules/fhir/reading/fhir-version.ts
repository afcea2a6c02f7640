import { asObject, type JsonObject, objectsAt } from './fhir-json.ts';

/** Members that a resource has in DSTU2, STU3 or R5 and not in R4. */
const FOREIGN_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Patient: ['animal', 'careProvider'],
  Encounter: ['actualPeriod', 'reason', 'patient'],
  Condition: ['patient', 'context', 'dateRecorded', 'dateAsserted'],
  Procedure: ['context', 'performedBy', 'occurrenceDateTime', 'occurrencePeriod'],
  MedicationRequest: ['context', 'medication', 'patient'],
  Immunization: ['date', 'notGiven', 'wasNotGiven'],
};

/** Whether a resource is of another FHIR version than R4, told by members and shapes that R4 does not have. */
export function isForeignVersion(resource: JsonObject, type: string): boolean {
  const foreign = FOREIGN_MEMBERS[type] ?? [];
  return foreign.some((member) => Object.hasOwn(resource, member)) || hasForeignShape(resource, type);
}

/** DSTU2 lists family names and gives practitioners one name; before STU3 and after R4 an encounter's class is no Coding. */
function hasForeignShape(resource: JsonObject, type: string): boolean {
  switch (type) {
    case 'Patient':
      return objectsAt(resource, 'name').some((name) => Array.isArray(name.family));
    case 'Practitioner':
      return asObject(resource.name) !== undefined;
    case 'Encounter':
      return resource.class !== undefined && asObject(resource.class) === undefined;
    default:
      return false;
  }
}
