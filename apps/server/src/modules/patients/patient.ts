import type { Contacts, Gender, Identifier, PersonName } from '@careward/api-schema';
import type { ClinicId, PatientId } from '@careward/kernel';

/** What a clinic knows of a person; everything here is PHI and is stored encrypted. */
export interface PatientDetails {
  readonly name: PersonName;
  /** Maiden and other names. */
  readonly otherNames: readonly PersonName[];
  readonly birthDate: string;
  readonly gender: Gender | null;
  readonly deceasedAt: string | null;
  readonly contacts: Contacts;
  readonly identifiers: readonly Identifier[];
  readonly ssn: string | null;
}

/** A patient of one clinic. The same person in another clinic is another patient there. */
export interface PatientRecord {
  readonly id: PatientId;
  readonly clinicId: ClinicId;
  readonly mrn: string;
  readonly hasAccount: boolean;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly details: PatientDetails;
}
