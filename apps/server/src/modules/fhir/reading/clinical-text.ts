import { type JsonObject, objectAt, objectsAt, textAt } from './fhir-json.ts';

/** Code systems that a reader of a record knows, by URI (FHIR R4 terminologies). */
const SYSTEM_NAMES: ReadonlyMap<string, string> = new Map([
  ['http://snomed.info/sct', 'SNOMED CT'],
  ['http://hl7.org/fhir/sid/icd-10', 'ICD-10'],
  ['http://hl7.org/fhir/sid/icd-10-cm', 'ICD-10-CM'],
  ['http://hl7.org/fhir/sid/icd-9-cm', 'ICD-9-CM'],
  ['http://www.ama-assn.org/go/cpt', 'CPT'],
  ['http://www.nlm.nih.gov/research/umls/rxnorm', 'RxNorm'],
  ['http://hl7.org/fhir/sid/cvx', 'CVX'],
  ['http://loinc.org', 'LOINC'],
]);

/**
 * A coded concept as a person writes it: its text, then its codes of known systems, as `Viral sinusitis (disorder) [SNOMED CT
 * 444814009]`. Undefined when it has neither text nor display.
 */
export function conceptText(concept: JsonObject | undefined): string | undefined {
  const codings = objectsAt(concept, 'coding');
  const display = codings.map((coding) => textAt(coding, 'display')).find((each) => each !== undefined);
  const text = textAt(concept, 'text') ?? display;
  if (text === undefined) return undefined;
  const codes = codings.flatMap(knownCode);
  return codes.length === 0 ? text.trim() : `${text.trim()} [${codes.join(', ')}]`;
}

/** The texts of a list of concepts. */
function conceptTexts(resource: JsonObject, member: string): string[] {
  return objectsAt(resource, member).flatMap((concept) => conceptText(concept) ?? []);
}

/** Texts joined in their order, each once. */
export function joined(texts: readonly string[]): string {
  return [...new Set(texts)].join('; ');
}

/** What is written where a visit names no diagnosis: why it was held, else what kind of visit it was. */
export function fallbackDiagnosis(encounter: JsonObject): string {
  const reasons = joined(conceptTexts(encounter, 'reasonCode'));
  return reasons || kindOfVisit(encounter) || 'No diagnosis recorded';
}

/** What is written where a visit names no treatment: what kind of visit it was. */
export function fallbackTreatment(encounter: JsonObject): string {
  return kindOfVisit(encounter) || 'No treatment recorded';
}

function kindOfVisit(encounter: JsonObject): string {
  const kind = joined(conceptTexts(encounter, 'type'));
  const kindOfClass = textAt(objectAt(encounter, 'class'), 'display');
  return kind || (kindOfClass ?? '');
}

function knownCode(coding: JsonObject): string[] {
  const name = SYSTEM_NAMES.get(textAt(coding, 'system') ?? '');
  const code = textAt(coding, 'code');
  return name === undefined || code === undefined ? [] : [`${name} ${code}`];
}
