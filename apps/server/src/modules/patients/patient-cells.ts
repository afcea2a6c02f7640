import type { PersonName } from '@careward/api-schema';
import {
  type ClinicCipher,
  identifierTerms,
  nameTerms,
  type PatientCipher,
  ssnTerm,
} from '../../encryption/index.ts';
import type { PatientDetails } from './patient.ts';

/** The encrypted columns of a patient row. */
export interface PatientCells {
  readonly name: Buffer;
  readonly birth_date: Buffer;
  readonly gender: Buffer | null;
  readonly deceased_at: Buffer | null;
  readonly contacts: Buffer | null;
  readonly ssn: Buffer | null;
  readonly identifiers: Buffer | null;
}

/** A blind index of a patient. */
export interface SearchToken {
  readonly field: 'ssn' | 'name' | 'identifier';
  readonly token: Buffer;
}

/** Seals a patient's details for row `id`. */
export function sealDetails(cipher: PatientCipher, id: string, details: PatientDetails): PatientCells {
  return {
    name: cipher.seal('patient.name', id, JSON.stringify([details.name, ...details.otherNames])),
    birth_date: cipher.seal('patient.birth_date', id, details.birthDate),
    gender: cipher.sealOptional('patient.gender', id, details.gender),
    deceased_at: cipher.sealOptional('patient.deceased_at', id, details.deceasedAt),
    contacts: cipher.seal('patient.contacts', id, JSON.stringify(details.contacts)),
    ssn: cipher.sealOptional('patient.ssn', id, details.ssn),
    identifiers: cipher.seal('patient.identifiers', id, JSON.stringify(details.identifiers)),
  };
}

/** Opens the details of row `id`; a cell that was changed or moved refuses the whole row. */
export function openDetails(cipher: PatientCipher, id: string, cells: PatientCells): PatientDetails {
  const contacts = cipher.openOptional('patient.contacts', id, cells.contacts);
  const identifiers = cipher.openOptional('patient.identifiers', id, cells.identifiers);
  const [name, ...otherNames] = JSON.parse(cipher.open('patient.name', id, cells.name).reveal());
  return {
    name,
    otherNames,
    birthDate: cipher.open('patient.birth_date', id, cells.birth_date).reveal(),
    gender: (cipher.openOptional('patient.gender', id, cells.gender)?.reveal() ??
      null) as PatientDetails['gender'],
    deceasedAt: cipher.openOptional('patient.deceased_at', id, cells.deceased_at)?.reveal() ?? null,
    contacts: contacts === null ? { phones: [], emails: [], addresses: [] } : JSON.parse(contacts.reveal()),
    ssn: cipher.openOptional('patient.ssn', id, cells.ssn)?.reveal() ?? null,
    identifiers: identifiers === null ? [] : JSON.parse(identifiers.reveal()),
  };
}

/** Every blind index under which these details are found. */
export function searchTokens(clinic: ClinicCipher, details: PatientDetails): SearchToken[] {
  const ssn = details.ssn === null ? [] : [ssnTerm(details.ssn)];
  const names = nameTerms([details.name, ...details.otherNames].flatMap(wordsOf).join(' '));
  return [
    ...ssn.map((term) => ({ field: 'ssn' as const, token: clinic.searchToken('ssn', term) })),
    ...names.map((term) => ({ field: 'name' as const, token: clinic.searchToken('name', term) })),
    ...details.identifiers
      .flatMap(identifierTerms)
      .map((term) => ({ field: 'identifier' as const, token: clinic.searchToken('identifier', term) })),
  ];
}

function wordsOf({ text, given = [], family = '' }: PersonName): string[] {
  return [text, ...given, family];
}
