import { isUuid } from '@careward/kernel';
import { codesOf, type JsonObject, objectAt, objectsAt, textAt } from './fhir-json.ts';
import { identifierToken, idOf } from './reference-keys.ts';

/** The system of United States social security numbers (FHIR R4 known identifier systems). */
const SSN_SYSTEM = 'http://hl7.org/fhir/sid/us-ssn';

/** Identifier types that name one patient within a system: medical record number, patient internal identifier. */
const PATIENT_NUMBER_TYPES = ['MR', 'PI'];

/**
 * What a patient is found by when the same source is imported again: the medical record number with its system, else an untyped
 * identifier, else an id that is unique in the world, else the bare id with something that tells two systems apart. Undefined when
 * the source gives nothing lasting. Numbers that families share or that thieves want (member, social security) are not used.
 */
export function patientSourceKey(patient: JsonObject, fullUrl: string | undefined): string | undefined {
  const identifiers = objectsAt(patient, 'identifier').filter((each) => !isSsn(each));
  const numbers = tokens(
    identifiers.filter((each) => typesOf(each).some((type) => PATIENT_NUMBER_TYPES.includes(type))),
  );
  const untyped = tokens(identifiers.filter((each) => typesOf(each).length === 0));
  return (
    numbers[0] ?? untyped[0] ?? worldwideId(patient, fullUrl) ?? qualifiedId(patient, tokens(identifiers))
  );
}

/** Whether an identifier is a social security number, by its system or its type. */
export function isSsn(identifier: JsonObject): boolean {
  return textAt(identifier, 'system') === SSN_SYSTEM || typesOf(identifier).includes('SS');
}

/** `urn:uuid:` with the id, or the URL of the resource. */
export function worldwideId(resource: JsonObject, fullUrl: string | undefined): string | undefined {
  const id = idOf(resource);
  if (id !== undefined && isUuid(id)) return `urn:uuid:${id.toLowerCase()}`;
  return fullUrl !== undefined && /^(?:https?:\/\/|urn:uuid:)[\w.~:/%@-]{1,280}$/i.test(fullUrl)
    ? fullUrl
    : undefined;
}

/** The codes of an identifier's type. */
export function typesOf(identifier: JsonObject): string[] {
  return codesOf(objectAt(identifier, 'type'));
}

/** A bare id such as `Patient/1` exists in every system: it counts only together with another number or the birth date. */
function qualifiedId(patient: JsonObject, others: readonly string[]): string | undefined {
  const id = idOf(patient);
  const qualifier = others[0] ?? textAt(patient, 'birthDate');
  return id === undefined || qualifier === undefined ? undefined : `Patient/${id}&${qualifier}`;
}

/** Sorted, because exports do not promise an order. */
function tokens(identifiers: readonly JsonObject[]): string[] {
  return identifiers.flatMap((each) => identifierToken(each) ?? []).toSorted();
}
