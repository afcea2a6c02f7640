import { conceptText } from './clinical-text.ts';
import { codesOf, type JsonObject, objectAt, objectsAt, referenceAt, textAt } from './fhir-json.ts';
import type { FhirReadingCode } from './fhir-reading.errors.ts';
import { pointInTime } from './fhir-time.ts';
import { ITEM_TYPES } from './resource-table.ts';

/** A diagnosis or treatment in words. `kind` is its place in ITEM_TYPES. */
export interface ClinicalItem {
  readonly kind: number;
  readonly role: 'diagnosis' | 'treatment';
  readonly text: string;
  readonly timeMs: number | undefined;
}

/** Reads the Medication that a request refers to, when the import has it. */
export type MedicationReader = (reference: string) => Promise<JsonObject | undefined>;

const NOT_DONE = ['entered-in-error', 'not-done', 'cancelled', 'draft', 'preparation'];
const NOT_TRUE = ['entered-in-error', 'refuted'];

/** Brings a Condition, Procedure, MedicationRequest or Immunization to words; refuses what did not happen and what has no words. */
export async function readItem(
  resource: JsonObject,
  kind: number,
  medication: MedicationReader,
): Promise<ClinicalItem | { readonly refused: FhirReadingCode }> {
  const type = ITEM_TYPES[kind];
  if (didNotHappen(resource, type)) return { refused: 'fhir-entered-in-error' };
  const text = await textOf(resource, type, medication);
  if (text === undefined) return { refused: 'fhir-text-missing' };
  const time = timeOf(resource, type);
  const timeMs = time === undefined ? undefined : Date.parse(time);
  return { kind, role: type === 'Condition' ? 'diagnosis' : 'treatment', text, timeMs };
}

function didNotHappen(resource: JsonObject, type: (typeof ITEM_TYPES)[number] | undefined): boolean {
  if (type === 'Condition') {
    return codesOf(objectAt(resource, 'verificationStatus')).some((code) => NOT_TRUE.includes(code));
  }
  return resource.doNotPerform === true || NOT_DONE.includes(textAt(resource, 'status') ?? '');
}

async function textOf(
  resource: JsonObject,
  type: (typeof ITEM_TYPES)[number] | undefined,
  medication: MedicationReader,
): Promise<string | undefined> {
  if (type === 'Immunization') return conceptText(objectAt(resource, 'vaccineCode'));
  if (type !== 'MedicationRequest') return conceptText(objectAt(resource, 'code'));
  const named = conceptText(objectAt(resource, 'medicationCodeableConcept'));
  return named ?? (await referredMedication(resource, medication));
}

async function referredMedication(
  resource: JsonObject,
  medication: MedicationReader,
): Promise<string | undefined> {
  const reference = referenceAt(resource, 'medicationReference');
  if (reference === undefined) return textAt(objectAt(resource, 'medicationReference'), 'display');
  const contained = objectsAt(resource, 'contained').find((each) => `#${textAt(each, 'id')}` === reference);
  const found = contained ?? (await medication(reference));
  return conceptText(objectAt(found, 'code')) ?? textAt(objectAt(resource, 'medicationReference'), 'display');
}

function timeOf(resource: JsonObject, type: (typeof ITEM_TYPES)[number] | undefined): string | undefined {
  switch (type) {
    case 'Condition':
      return (
        pointInTime(resource.onsetDateTime ?? objectAt(resource, 'onsetPeriod')?.start) ??
        pointInTime(resource.recordedDate)
      );
    case 'Procedure':
      return pointInTime(resource.performedDateTime ?? objectAt(resource, 'performedPeriod')?.start);
    case 'MedicationRequest':
      return pointInTime(resource.authoredOn);
    default:
      return pointInTime(resource.occurrenceDateTime);
  }
}
