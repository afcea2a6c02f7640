import { z } from 'zod';
import { Uuid } from './ids.ts';
import { pageOf } from './page.ts';
import { multiLine, singleLine } from './text.ts';
import { Instant } from './time.ts';

/** Diagnosis or treatment: 1 to 10,000 characters. Joined texts of real visits reach thousands. */
const ClinicalText = multiLine(10_000);

/** A medical record of one visit to write. */
export const MedicalRecordCreate = z
  .strictObject({
    diagnosis: ClinicalText,
    treatment: ClinicalText,
    visitStart: Instant,
    visitEnd: Instant.optional(),
    practitionerId: Uuid.optional(),
  })
  .refine(
    (visit) => visit.visitEnd === undefined || Date.parse(visit.visitEnd) >= Date.parse(visit.visitStart),
    { path: ['visitEnd'], error: 'must not lie before visitStart' },
  )
  .meta({ id: 'MedicalRecordCreate', description: 'A medical record of one visit.' });
export type MedicalRecordCreate = z.infer<typeof MedicalRecordCreate>;

/** A new version of a record, with the reason why the one before was wrong. Both texts are given whole. */
export const MedicalRecordCorrection = z
  .strictObject({ diagnosis: ClinicalText, treatment: ClinicalText, reason: singleLine(1_000) })
  .meta({ id: 'MedicalRecordCorrection', description: 'A corrected version with its reason.' });
export type MedicalRecordCorrection = z.infer<typeof MedicalRecordCorrection>;

/** A medical record in its current version. */
export const MedicalRecord = z
  .strictObject({
    id: Uuid,
    clinicId: Uuid,
    patientId: Uuid,
    practitionerId: Uuid.nullable(),
    practitionerName: z.string().nullable(),
    visitStart: Instant,
    visitEnd: Instant.nullable(),
    diagnosis: z.string(),
    treatment: z.string(),
    version: z.int().positive(),
    authorId: Uuid.nullable(),
    authorRole: z.string(),
    recordedAt: Instant,
    createdAt: Instant,
  })
  .meta({ id: 'MedicalRecord', description: 'A medical record in its current version.' });
export type MedicalRecord = z.infer<typeof MedicalRecord>;

/** A page of medical records. */
export const MedicalRecordPage = pageOf(MedicalRecord, 'MedicalRecordPage');
export type MedicalRecordPage = z.infer<typeof MedicalRecordPage>;

/** One version of a medical record. `correctionReason` is null for the first. */
export const MedicalRecordVersion = z
  .strictObject({
    recordId: Uuid,
    version: z.int().positive(),
    diagnosis: z.string(),
    treatment: z.string(),
    correctionReason: z.string().nullable(),
    authorId: Uuid.nullable(),
    authorRole: z.string(),
    recordedAt: Instant,
  })
  .meta({ id: 'MedicalRecordVersion', description: 'One version of a medical record.' });
export type MedicalRecordVersion = z.infer<typeof MedicalRecordVersion>;

/** A page of the versions of a record. */
export const MedicalRecordVersionPage = pageOf(MedicalRecordVersion, 'MedicalRecordVersionPage');
export type MedicalRecordVersionPage = z.infer<typeof MedicalRecordVersionPage>;
