import { z } from 'zod';
import { EmailAddress } from './email.ts';
import { Uuid } from './ids.ts';
import { pageOf } from './page.ts';
import { Contacts, Gender, Identifier, PersonName, Ssn } from './person.ts';
import { singleLine } from './text.ts';
import { BirthDate, DeathTime, Instant, IsoDate } from './time.ts';

const Identifiers = z.array(Identifier).max(50);
/** Maiden and other names, under which the person is found as well. */
const OtherNames = z.array(PersonName).max(20);

/** A medical record number: MR and eight digits, allotted by the clinic. */
export const MedicalRecordNumber = z
  .string()
  .regex(/^MR\d{8}$/, 'must be MR and eight digits')
  .meta({ id: 'MedicalRecordNumber', description: 'MR and eight digits.' });

/** A patient to register. The clinic allots the medical record number. */
export const PatientCreate = z
  .strictObject({
    name: PersonName,
    otherNames: OtherNames.optional(),
    birthDate: BirthDate,
    gender: Gender.optional(),
    deceasedAt: DeathTime.optional(),
    contacts: Contacts.optional(),
    identifiers: Identifiers.optional(),
    ssn: Ssn.optional(),
  })
  .refine((patient) => notBeforeBirth(patient), {
    path: ['deceasedAt'],
    error: 'must not lie before the birth',
  })
  .meta({ id: 'PatientCreate', description: 'A patient to register.' });
export type PatientCreate = z.infer<typeof PatientCreate>;

/** What of a patient to change: an absent member stays, null removes (RFC 7396). At least one member. */
export const PatientUpdate = z
  .strictObject({
    name: PersonName.optional(),
    otherNames: OtherNames.optional(),
    birthDate: BirthDate.optional(),
    gender: Gender.nullable().optional(),
    deceasedAt: DeathTime.nullable().optional(),
    contacts: Contacts.optional(),
    identifiers: Identifiers.optional(),
    ssn: Ssn.nullable().optional(),
  })
  .refine((update) => Object.values(update).some((value) => value !== undefined), 'must change something')
  .refine((update) => notBeforeBirth(update), {
    path: ['deceasedAt'],
    error: 'must not lie before the birth',
  })
  .meta({ id: 'PatientUpdate', description: 'Members to replace; null removes.', minProperties: 1 });
export type PatientUpdate = z.infer<typeof PatientUpdate>;

/** A patient. The social security number never leaves whole: its last four digits are enough to compare. */
export const Patient = z
  .strictObject({
    id: Uuid,
    clinicId: Uuid,
    mrn: MedicalRecordNumber,
    name: PersonName,
    otherNames: OtherNames,
    birthDate: IsoDate,
    gender: Gender.nullable(),
    deceasedAt: z.string().nullable(),
    contacts: Contacts,
    identifiers: Identifiers,
    ssnLast4: z
      .string()
      .regex(/^\d{4}$/)
      .nullable(),
    version: z.int().positive(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Patient', description: 'A patient of a clinic.' });
export type Patient = z.infer<typeof Patient>;

/** A page of patients. */
export const PatientPage = pageOf(Patient, 'PatientPage');
export type PatientPage = z.infer<typeof PatientPage>;

/** What to find a patient by, exactly one. Sent in a body: an address line with PHI would end up in logs. */
export const PatientSearch = z
  .strictObject({
    ssn: Ssn.optional(),
    name: singleLine(300).optional(),
    identifier: singleLine(401).optional(),
  })
  .refine((search) => Object.values(search).filter((value) => value !== undefined).length === 1, {
    error: 'must name exactly one of ssn, name and identifier',
  })
  .meta({
    id: 'PatientSearch',
    description: 'Exactly one of ssn, name, identifier (a value, or system|value).',
    minProperties: 1,
    maxProperties: 1,
  });
export type PatientSearch = z.infer<typeof PatientSearch>;

/** Links a patient to the account with this e-mail address, so that the person sees the own record. */
export const PatientAccountLink = z
  .strictObject({ email: EmailAddress })
  .meta({ id: 'PatientAccountLink', description: 'The account that is this patient’s.' });
export type PatientAccountLink = z.infer<typeof PatientAccountLink>;

/** Compares calendar days as written: the clock time of a birth is not known. */
function notBeforeBirth(person: {
  birthDate?: string | undefined;
  deceasedAt?: string | null | undefined;
}): boolean {
  if (person.birthDate === undefined || person.deceasedAt == null) return true;
  return person.deceasedAt.slice(0, person.birthDate.length) >= person.birthDate;
}
