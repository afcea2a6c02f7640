import type { AccountId, ClinicId, PatientId, RecordId } from '@careward/kernel';

/** What a visit found and what was done; PHI, stored encrypted. */
export interface RecordContent {
  readonly diagnosis: string;
  readonly treatment: string;
}

/** One version of a medical record. Version 1 is the first; each later one says why it corrects the one before. */
export interface MedicalRecordVersionView extends RecordContent {
  readonly version: number;
  readonly correctionReason: string | null;
  readonly authorId: AccountId | null;
  readonly authorRole: string;
  readonly recordedAt: Date;
}

/** A visit of a patient with the version of its content that holds. */
export interface MedicalRecordView {
  readonly id: RecordId;
  readonly clinicId: ClinicId;
  readonly patientId: PatientId;
  readonly practitionerId: string | null;
  readonly practitionerName: string | null;
  readonly visitStart: Date;
  readonly visitEnd: Date | null;
  readonly createdAt: Date;
  readonly current: MedicalRecordVersionView;
}
