import type { ClinicId, PatientId } from '@careward/kernel';
import { sql } from 'kysely';
import type { ClinicCipher, PatientCipher } from '../../encryption/index.ts';
import type { QueryBuilder, Statement } from '../../persistence/index.ts';
import type { PatientDetails } from './patient.ts';
import { type SearchToken, sealDetails, searchTokens } from './patient-cells.ts';

/** Where an imported patient came from: keyed digests of its identity and of its content. */
export interface PatientSource {
  readonly key: Buffer;
  readonly digest: Buffer;
}

/** A patient to be stored. */
export interface NewPatient {
  readonly clinicId: ClinicId;
  readonly id: PatientId;
  readonly details: PatientDetails;
  readonly source: PatientSource | null;
}

/** The statements that store a new patient, and the cipher under which its records are sealed too. */
export function patientInserts(
  build: QueryBuilder,
  clinic: ClinicCipher,
  patient: NewPatient,
): { statements: Statement[]; cipher: PatientCipher } {
  const { stored, cipher } = clinic.createPatientKey(patient.id);
  const key = build.insertInto('patient_key').values({
    clinic_id: patient.clinicId,
    patient_id: patient.id,
    key_version: stored.version,
    wrapped: stored.wrapped,
  });
  const tokens = addTokens(patient, searchTokens(clinic, patient.details));
  return {
    statements: [insertRow(build, cipher, patient), key, { compile: () => tokens.compile(build) }],
    cipher,
  };
}

/** The next `MR` number of the clinic and the row that takes it, in one statement: numbers are neither lost nor given twice. */
function insertRow(build: QueryBuilder, cipher: PatientCipher, patient: NewPatient): Statement {
  const cells = sealDetails(cipher, patient.id, patient.details);
  return build
    .with('allotted', (qb) =>
      qb
        .updateTable('mrn_counter')
        .set((eb) => ({ last_number: eb('last_number', '+', 1) }))
        .returning(sql<string>`'MR' || lpad(last_number::text, 8, '0')`.as('mrn')),
    )
    .insertInto('patient')
    .values((eb) => ({
      clinic_id: patient.clinicId,
      id: patient.id,
      mrn: eb.selectFrom('allotted').select('mrn'),
      source_key: patient.source?.key ?? null,
      source_digest: patient.source?.digest ?? null,
      ...cells,
    }));
}

/** Adds blind indexes; those already there stay. */
function addTokens(patient: { clinicId: ClinicId; id: PatientId }, tokens: readonly SearchToken[]) {
  const fields = tokens.map((token) => token.field);
  const values = tokens.map((token) => token.token);
  return sql`insert into patient_search_token (clinic_id, patient_id, field, token)
    select ${patient.clinicId}::uuid, ${patient.id}::uuid, term.field, term.token
    from unnest(${fields}::text[], ${values}::bytea[]) as term (field, token)
    on conflict do nothing`;
}

/** What changes about a patient, based on the version that was read. */
export interface PatientChange {
  readonly clinicId: ClinicId;
  readonly id: PatientId;
  readonly basedOn: number;
  readonly details: PatientDetails;
  readonly sourceDigest: Buffer | null;
}

/**
 * One statement that changes the row, drops the blind indexes that no longer hold and adds the new ones, or does nothing when
 * the version has moved on. Answers the new version, or null.
 */
export function patientUpdate(
  build: QueryBuilder,
  ciphers: PatientCiphers,
  change: PatientChange,
): Statement<ChangedVersion> {
  const cells = sealDetails(ciphers.patient, change.id, change.details);
  const tokens = searchTokens(ciphers.clinic, change.details);
  const fields = tokens.map((token) => token.field);
  const values = tokens.map((token) => token.token);
  const statement = sql<ChangedVersion>`
    with changed as (
      update patient set name = ${cells.name}, birth_date = ${cells.birth_date}, gender = ${cells.gender},
        deceased_at = ${cells.deceased_at}, contacts = ${cells.contacts}, ssn = ${cells.ssn}, identifiers = ${cells.identifiers},
        source_digest = coalesce(${change.sourceDigest}, source_digest), version = version + 1, updated_at = now()
      where id = ${change.id} and version = ${change.basedOn} returning version
    ), term as (
      select field, token from unnest(${fields}::text[], ${values}::bytea[]) as term (field, token)
    ), dropped as (
      delete from patient_search_token held using changed where held.patient_id = ${change.id}
        and not exists (select from term where term.field = held.field and term.token = held.token)
    ), added as (
      insert into patient_search_token (clinic_id, patient_id, field, token)
        select ${change.clinicId}::uuid, ${change.id}::uuid, term.field, term.token from term cross join changed
        on conflict do nothing
    )
    select version from changed`;
  return { compile: () => statement.compile(build) };
}

/** The keys under which a patient's row is sealed and indexed. */
export interface PatientCiphers {
  readonly clinic: ClinicCipher;
  readonly patient: PatientCipher;
}

/** The version after a change. */
export interface ChangedVersion {
  readonly version: number;
}
