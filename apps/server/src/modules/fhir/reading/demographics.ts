import {
  BirthDate,
  Contacts,
  DeathTime,
  EmailAddress,
  Gender,
  Identifier,
  normalisePhone,
  normaliseSsn,
  PostalAddress,
} from '@careward/api-schema';
import { codesOf, type JsonObject, objectAt, objectsAt, textAt, textsAt } from './fhir-json.ts';
import type { FhirReadingCode } from './fhir-reading.errors.ts';
import type { PatientPlan } from './import-plan.ts';
import { isSsn } from './patient-identity.ts';
import { personNames } from './person-names.ts';

/** Who a patient is, without the visits. */
export type Demographics = Omit<PatientPlan, 'sourceKey' | 'clinics'>;

/** Demographics with the members that had to be left out, or the reason why there is no patient. */
export type DemographicsResult =
  | { readonly demographics: Demographics; readonly leftOut: readonly string[] }
  | { readonly refused: FhirReadingCode };

const DAY = 'YYYY-MM-DD'.length;

/**
 * Reads the person out of a FHIR R4 Patient. Name and birth date have to be right; any other member that breaks a rule is left out
 * and named. Social security numbers go to `ssn` and are no identifier.
 */
export function readDemographics(patient: JsonObject): DemographicsResult {
  const { names, unusable } = personNames(patient);
  const [name, ...others] = names;
  const birthDate = textAt(patient, 'birthDate');
  if (name === undefined) return { refused: 'fhir-name-missing' };
  if (birthDate === undefined) return { refused: 'fhir-birth-date-missing' };
  if (!BirthDate.safeParse(birthDate).success) return { refused: 'fhir-birth-date-invalid' };
  const leftOut = new Set(unusable > 0 ? ['name'] : []);
  const demographics = {
    name,
    otherNames: atMost(20, others, 'name', leftOut),
    birthDate,
    ...details(patient, birthDate, leftOut),
  };
  return { demographics, leftOut: [...leftOut] };
}

function details(patient: JsonObject, birthDate: string, leftOut: Set<string>) {
  return {
    gender: genderOf(patient, leftOut),
    deceasedAt: deathOf(patient, birthDate, leftOut),
    contacts: contactsOf(patient, leftOut),
    ssn: ssnOf(patient, leftOut),
    identifiers: identifiersOf(patient, leftOut),
  };
}

function genderOf(patient: JsonObject, leftOut: Set<string>): Gender | null {
  if (patient.gender === undefined) return null;
  const gender = Gender.safeParse(patient.gender);
  if (!gender.success) leftOut.add('gender');
  return gender.data ?? null;
}

/** A death without a time cannot be kept: `deceasedBoolean` true is named as left out. */
function deathOf(patient: JsonObject, birthDate: string, leftOut: Set<string>): string | null {
  if (patient.deceasedBoolean === true) leftOut.add('deceasedBoolean');
  if (patient.deceasedDateTime === undefined) return null;
  const death = DeathTime.safeParse(patient.deceasedDateTime);
  if (death.success && death.data.slice(0, DAY) >= birthDate) return death.data;
  leftOut.add('deceasedDateTime');
  return null;
}

function contactsOf(patient: JsonObject, leftOut: Set<string>): Contacts {
  const contacts = Contacts.safeParse({
    phones: atMost(20, distinct(telecoms(patient, 'phone', normalisePhone, leftOut)), 'telecom', leftOut),
    emails: atMost(20, distinct(telecoms(patient, 'email', emailOf, leftOut)), 'telecom', leftOut),
    addresses: atMost(20, addressesOf(patient, leftOut), 'address', leftOut),
  });
  if (!contacts.success) leftOut.add('telecom');
  return contacts.data ?? { phones: [], emails: [], addresses: [] };
}

function addressesOf(patient: JsonObject, leftOut: Set<string>): PostalAddress[] {
  return objectsAt(patient, 'address').flatMap((each) => addressOf(each, leftOut) ?? []);
}

function telecoms(
  patient: JsonObject,
  system: string,
  normalise: (raw: string) => string | undefined,
  leftOut: Set<string>,
): string[] {
  return objectsAt(patient, 'telecom')
    .filter((each) => textAt(each, 'system') === system)
    .flatMap((each) => normalise(textAt(each, 'value') ?? '') ?? named(leftOut, 'telecom'));
}

function emailOf(raw: string): string | undefined {
  return EmailAddress.safeParse(raw).data;
}

function addressOf(address: JsonObject, leftOut: Set<string>): PostalAddress | undefined {
  const text = textAt(address, 'text');
  const lines = textsAt(address, 'line');
  const parts = {
    lines: lines.length > 0 || text === undefined ? lines : text.split(/\r?\n/),
    city: textAt(address, 'city'),
    state: textAt(address, 'state'),
    postalCode: textAt(address, 'postalCode'),
    country: textAt(address, 'country'),
  };
  const given = Object.entries(parts).filter(([, part]) => part !== undefined && part.length > 0);
  if (given.length === 0) return undefined;
  const parsed = PostalAddress.safeParse(Object.fromEntries(given));
  if (!parsed.success) leftOut.add('address');
  return parsed.data;
}

function ssnOf(patient: JsonObject, leftOut: Set<string>): string | null {
  const given = objectsAt(patient, 'identifier').filter(isSsn);
  const numbers = distinct(given.flatMap((each) => normaliseSsn(textAt(each, 'value') ?? '') ?? []));
  if (given.length > 0 && numbers.length !== 1) leftOut.add('social security number');
  return numbers[0] ?? null;
}

function identifiersOf(patient: JsonObject, leftOut: Set<string>): Identifier[] {
  const others = objectsAt(patient, 'identifier').filter((each) => !isSsn(each));
  const usable = others.flatMap((each) => identifierOf(each) ?? named(leftOut, 'identifier'));
  return atMost(50, usable, 'identifier', leftOut);
}

function identifierOf(identifier: JsonObject): Identifier | undefined {
  const type = objectAt(identifier, 'type');
  const [code] = codesOf(type);
  const label = code ?? textAt(type, 'text');
  const { data } = Identifier.safeParse({
    system: textAt(identifier, 'system'),
    value: textAt(identifier, 'value'),
    ...(label && { type: label }),
  });
  return data;
}

/** The API answers no more than this many of a kind. */
function atMost<T>(most: number, values: readonly T[], member: string, leftOut: Set<string>): T[] {
  if (values.length > most) leftOut.add(member);
  return values.slice(0, most);
}

function named(leftOut: Set<string>, member: string): [] {
  leftOut.add(member);
  return [];
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
