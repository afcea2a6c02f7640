import { multiLine } from '@careward/api-schema';
import { fallbackDiagnosis, fallbackTreatment, joined } from './clinical-text.ts';
import { type JsonObject, objectAt, textAt } from './fhir-json.ts';
import type { FhirReadingCode } from './fhir-reading.errors.ts';
import { pointInTime } from './fhir-time.ts';
import type { VisitPlan } from './import-plan.ts';
import type { ClinicalItem } from './read-item.ts';

/** When a visit was, or why it is none. */
export type VisitTime =
  | { readonly start: string; readonly end: string | null }
  | { readonly refused: FhirReadingCode };

const NOT_HELD = ['planned', 'cancelled', 'entered-in-error'];
const ClinicalText = multiLine(10_000);

/**
 * The time of an encounter that has taken place. Night visits, visits of months and visits after the patient's death are taken as
 * they are. A day without a clock time begins at midnight UTC; an end may be missing.
 */
export function readVisitTime(encounter: JsonObject): VisitTime {
  if (NOT_HELD.includes(textAt(encounter, 'status') ?? '')) return { refused: 'fhir-visit-not-held' };
  const period = objectAt(encounter, 'period');
  const start = pointInTime(period?.start);
  const end = period?.end === undefined ? null : pointInTime(period.end, '23:59:59');
  if (start === undefined || end === undefined) return { refused: 'fhir-visit-time-invalid' };
  if (end !== null && Date.parse(end) < Date.parse(start)) return { refused: 'fhir-visit-time-invalid' };
  return { start, end };
}

/** The texts of a visit: its diagnoses and treatments by kind, time and wording, so that the order of a file does not matter. */
export function visitTexts(
  encounter: JsonObject,
  items: readonly ClinicalItem[],
): Pick<VisitPlan, 'diagnosis' | 'treatment'> | undefined {
  const sorted = items.toSorted(byKindTimeAndText);
  const textsOf = (role: ClinicalItem['role']) =>
    joined(sorted.filter((each) => each.role === role).map((each) => each.text));
  const diagnosis = ClinicalText.safeParse(textsOf('diagnosis') || fallbackDiagnosis(encounter));
  const treatment = ClinicalText.safeParse(textsOf('treatment') || fallbackTreatment(encounter));
  if (!diagnosis.success || !treatment.success) return undefined;
  return { diagnosis: diagnosis.data, treatment: treatment.data };
}

function byKindTimeAndText(a: ClinicalItem, b: ClinicalItem): number {
  return a.kind - b.kind || (a.timeMs ?? 0) - (b.timeMs ?? 0) || (a.text < b.text ? -1 : 1);
}
