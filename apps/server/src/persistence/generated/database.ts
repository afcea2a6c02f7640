// Generated from the migrations by `node tools/generate-database-types.ts`. Do not edit.
import type { ColumnType } from 'kysely';

export interface AccountTable {
  id: string;
  email: Buffer;
  email_index: Buffer;
  display_name: Buffer;
  password_hash: string;
  status: ColumnType<'active' | 'disabled', 'active' | 'disabled' | undefined, 'active' | 'disabled'>;
  platform_role: 'SUPER_ADMIN' | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface AuditEntryTable {
  id: ColumnType<string, never, never>;
  xid: ColumnType<string, string | undefined, string>;
  at: ColumnType<Date, Date | string | undefined, Date | string>;
  clinic_id: ColumnType<string | null, string | null | undefined, string | null>;
  actor_id: ColumnType<string | null, string | null | undefined, string | null>;
  actor_role: ColumnType<string, string | undefined, string>;
  purpose: ColumnType<string | null, string | null | undefined, string | null>;
  request_id: ColumnType<string, string | undefined, string>;
  address: ColumnType<string | null, string | null | undefined, string | null>;
  agent: ColumnType<string | null, string | null | undefined, string | null>;
  action: string;
  resource_type: string;
  resource_id: string | null;
  patient_id: string | null;
  outcome: 'success' | 'refused' | 'not-found' | 'failed';
  reason: string | null;
  salt: ColumnType<Buffer, Buffer | undefined, Buffer>;
}

export interface ClinicTable {
  id: string;
  name: string;
  region: string;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface ClinicIdentifierTable {
  clinic_id: string;
  identifier: string;
}

export interface ClinicKeyTable {
  clinic_id: string;
  key_version: number;
  wrapped: Buffer;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface IdempotencyReceiptTable {
  account_id: string;
  key: string;
  request_digest: Buffer;
  resource_id: string;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface JoinCodeTable {
  code_hash: Buffer;
  account_id: string;
  expires_at: ColumnType<Date, Date | string, Date | string>;
}

export interface LedgerCheckpointTable {
  tree_size: ColumnType<string, string | number | bigint, string | number | bigint>;
  note: string;
  last_xid: string;
  last_entry_id: ColumnType<string, string | number | bigint, string | number | bigint>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface LedgerLeafTable {
  leaf_index: ColumnType<string, string | number | bigint, string | number | bigint>;
  entry_id: ColumnType<string, string | number | bigint, string | number | bigint>;
  commitment: Buffer;
}

export interface LedgerTileTable {
  level: number;
  tile_index: ColumnType<string, string | number | bigint, string | number | bigint>;
  hashes: Buffer;
}

export interface MedicalRecordTable {
  clinic_id: string;
  id: string;
  patient_id: string;
  practitioner_id: string | null;
  visit_start: ColumnType<Date, Date | string, Date | string>;
  visit_end: ColumnType<Date | null, Date | string | null, Date | string | null>;
  current_version: ColumnType<number, number | undefined, number>;
  source_key: Buffer | null;
  source_digest: Buffer | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface MedicalRecordVersionTable {
  clinic_id: string;
  record_id: string;
  version: number;
  patient_id: string;
  diagnosis: Buffer;
  treatment: Buffer;
  correction_reason: Buffer | null;
  author_id: string | null;
  author_role: string;
  recorded_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface MembershipTable {
  clinic_id: string;
  account_id: string;
  role: 'CLINIC_ADMIN' | 'DOCTOR' | 'PATIENT' | 'RECEPTIONIST' | 'PHARMACIST' | 'THERAPIST' | 'LAB_TECHNICIAN' | 'FINANCE_BILLING' | 'SUPPORT_STAFF' | 'NURSE' | 'COUNSELOR' | 'INSURER';
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface MrnCounterTable {
  clinic_id: string;
  last_number: ColumnType<number, number | undefined, number>;
}

export interface PatientTable {
  clinic_id: string;
  id: string;
  mrn: string;
  account_id: string | null;
  name: Buffer;
  birth_date: Buffer;
  gender: Buffer | null;
  deceased_at: Buffer | null;
  contacts: Buffer | null;
  ssn: Buffer | null;
  identifiers: Buffer | null;
  source_key: Buffer | null;
  source_digest: Buffer | null;
  version: ColumnType<number, number | undefined, number>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface PatientKeyTable {
  clinic_id: string;
  patient_id: string;
  key_version: number;
  wrapped: Buffer;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface PatientSearchTokenTable {
  clinic_id: string;
  field: 'ssn' | 'name' | 'identifier';
  token: Buffer;
  patient_id: string;
}

export interface PlatformKeyTable {
  key_version: number;
  wrapped: Buffer;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface PractitionerTable {
  clinic_id: string;
  id: string;
  name: string;
  account_id: string | null;
  source_key: Buffer | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface SetupCodeTable {
  code_hash: Buffer;
  expires_at: ColumnType<Date, Date | string, Date | string>;
  used_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

/** Every table by name. */
export interface DB {
  account: AccountTable;
  audit_entry: AuditEntryTable;
  clinic: ClinicTable;
  clinic_identifier: ClinicIdentifierTable;
  clinic_key: ClinicKeyTable;
  idempotency_receipt: IdempotencyReceiptTable;
  join_code: JoinCodeTable;
  ledger_checkpoint: LedgerCheckpointTable;
  ledger_leaf: LedgerLeafTable;
  ledger_tile: LedgerTileTable;
  medical_record: MedicalRecordTable;
  medical_record_version: MedicalRecordVersionTable;
  membership: MembershipTable;
  mrn_counter: MrnCounterTable;
  patient: PatientTable;
  patient_key: PatientKeyTable;
  patient_search_token: PatientSearchTokenTable;
  platform_key: PlatformKeyTable;
  practitioner: PractitionerTable;
  setup_code: SetupCodeTable;
}
