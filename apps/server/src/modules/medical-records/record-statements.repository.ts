import type { AccountId, ClinicId, PatientId, RecordId } from '@careward/kernel';
import { sql } from 'kysely';
import type { PatientCipher } from '../../encryption/index.ts';
import type { QueryBuilder, Statement } from '../../persistence/index.ts';
import type { RecordContent } from './medical-record.ts';

/** A medical record to be stored with its first version. */
export interface NewMedicalRecord {
  readonly clinicId: ClinicId;
  readonly id: RecordId;
  readonly patientId: PatientId;
  readonly practitionerId: string | null;
  readonly visitStart: Date;
  readonly visitEnd: Date | null;
  readonly content: RecordContent;
  readonly author: RecordAuthor;
  readonly source: { readonly key: Buffer; readonly digest: Buffer } | null;
}

/** Who wrote a version: an account in a role, or the importing operator. */
export interface RecordAuthor {
  readonly id: AccountId | null;
  readonly role: string;
}

/** The statements that store a record and its first version. */
export function recordInserts(
  build: QueryBuilder,
  cipher: PatientCipher,
  record: NewMedicalRecord,
): Statement[] {
  const row = build.insertInto('medical_record').values({
    clinic_id: record.clinicId,
    id: record.id,
    patient_id: record.patientId,
    practitioner_id: record.practitionerId,
    visit_start: record.visitStart,
    visit_end: record.visitEnd,
    source_key: record.source?.key ?? null,
    source_digest: record.source?.digest ?? null,
  });
  const version = build.insertInto('medical_record_version').values({
    clinic_id: record.clinicId,
    record_id: record.id,
    patient_id: record.patientId,
    version: 1,
    author_id: record.author.id,
    author_role: record.author.role,
    ...sealContent(cipher, record.id, 1, record.content),
  });
  return [row, version];
}

/** A correction, based on the version that was read. */
export interface RecordCorrection {
  readonly id: RecordId;
  readonly basedOn: number;
  readonly content: RecordContent;
  readonly reason: string;
  readonly author: RecordAuthor;
  readonly sourceDigest: Buffer | null;
}

/** One statement that appends the next version, or does nothing when the record has moved on. Answers the new version, or nothing. */
export function recordCorrection(
  build: QueryBuilder,
  cipher: PatientCipher,
  correction: RecordCorrection,
): Statement<{ version: number }> {
  const { id, basedOn, author } = correction;
  const cells = sealContent(cipher, id, basedOn + 1, correction.content);
  const reason = cipher.seal(
    'medical_record_version.correction_reason',
    versionRow(id, basedOn + 1),
    correction.reason,
  );
  const statement = sql<{ version: number }>`
    with moved as (
      update medical_record set current_version = current_version + 1, source_digest = coalesce(${correction.sourceDigest}, source_digest)
      where id = ${id} and current_version = ${basedOn} returning clinic_id, patient_id, current_version
    )
    insert into medical_record_version
      (clinic_id, record_id, patient_id, version, diagnosis, treatment, correction_reason, author_id, author_role)
    select clinic_id, ${id}::uuid, patient_id, current_version, ${cells.diagnosis}::bytea, ${cells.treatment}::bytea, ${reason}::bytea,
      ${author.id}::uuid, ${author.role}::text from moved
    returning version`;
  return { compile: () => statement.compile(build) };
}

/** The cell place of a version: record and version together, so that no version can stand in for another. */
export function versionRow(recordId: string, version: number): string {
  return `${recordId}/${version}`;
}

function sealContent(cipher: PatientCipher, recordId: string, version: number, content: RecordContent) {
  const row = versionRow(recordId, version);
  return {
    diagnosis: cipher.seal('medical_record_version.diagnosis', row, content.diagnosis),
    treatment: cipher.seal('medical_record_version.treatment', row, content.treatment),
  };
}
