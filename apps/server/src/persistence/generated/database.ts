// Generated from the migrations by `node tools/generate-database-types.ts`. Do not edit.
import type { ColumnType } from 'kysely';

export interface AccountTable {
  id: string;
  email: Buffer;
  email_index: Buffer;
  display_name: Buffer;
  password_hash: string | null;
  status: ColumnType<'active' | 'disabled' | 'deleted', 'active' | 'disabled' | 'deleted' | undefined, 'active' | 'disabled' | 'deleted'>;
  platform_role: 'SUPER_ADMIN' | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  updated_at: ColumnType<Date, Date | string | undefined, Date | string>;
  email_verified_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  session_epoch: ColumnType<number, number | undefined, number>;
  rights_version: ColumnType<number, number | undefined, number>;
  takes_older_tokens: ColumnType<boolean, boolean | undefined, boolean>;
  closed_by_platform: ColumnType<boolean, boolean | undefined, boolean>;
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
  self_registration: ColumnType<boolean, boolean | undefined, boolean>;
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

export interface EmailCodeTable {
  code_hash: Buffer;
  purpose: 'reset-password' | 'change-email';
  account_id: string;
  new_email: Buffer | null;
  new_email_index: Buffer | null;
  expires_at: ColumnType<Date, Date | string, Date | string>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface ExternalIdentityTable {
  issuer: string;
  subject: string;
  account_id: string;
  linked_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface IdempotencyReceiptTable {
  account_id: string;
  key: string;
  request_digest: Buffer;
  resource_id: string;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface InvitationTable {
  clinic_id: string;
  id: string;
  code_hash: Buffer;
  email: Buffer;
  email_index: Buffer;
  roles: ColumnType<(string)[], readonly (string)[], readonly (string)[]>;
  invited_by: string | null;
  expires_at: ColumnType<Date, Date | string, Date | string>;
  accepted_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  withdrawn_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface KnownDeviceTable {
  account_id: string;
  device_id: string;
  label: string;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  last_used_at: ColumnType<Date, Date | string | undefined, Date | string>;
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

export interface MailOutboxTable {
  id: string;
  recipient: Buffer;
  content: Buffer;
  attempts: ColumnType<number, number | undefined, number>;
  next_attempt_at: ColumnType<Date, Date | string | undefined, Date | string>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
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

export interface PasskeyTable {
  account_id: string;
  credential_id: string;
  public_key: Buffer;
  sign_count: ColumnType<string, string | number | bigint | undefined, string | number | bigint>;
  transports: ColumnType<(string)[], readonly (string)[] | undefined, readonly (string)[]>;
  label: string;
  backed_up: ColumnType<boolean, boolean | undefined, boolean>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  last_used_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
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

export interface RecoveryCodeTable {
  account_id: string;
  code_hash: Buffer;
  used_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

export interface RegistrationTable {
  clinic_id: string;
  id: string;
  code_hash: Buffer;
  email: Buffer;
  email_index: Buffer;
  expires_at: ColumnType<Date, Date | string, Date | string>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface SecurityEventTable {
  account_id: string;
  id: string;
  kind: string;
  address: string | null;
  agent: string | null;
  session_id: string | null;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface SessionRevocationTable {
  session_id: string;
  account_id: string;
  expires_at: ColumnType<Date, Date | string, Date | string>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface SetupCodeTable {
  code_hash: Buffer;
  expires_at: ColumnType<Date, Date | string, Date | string>;
  used_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
}

export interface TokenKeyTable {
  key_id: string;
  public_key: Buffer;
  private_key: Buffer;
  signs_from: ColumnType<Date, Date | string, Date | string>;
  retired_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface TotpFactorTable {
  account_id: string;
  secret: Buffer;
  confirmed_at: ColumnType<Date | null, Date | string | null, Date | string | null>;
  last_step: ColumnType<string, string | number | bigint | undefined, string | number | bigint>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

/** Every table by name. */
export interface DB {
  account: AccountTable;
  audit_entry: AuditEntryTable;
  clinic: ClinicTable;
  clinic_identifier: ClinicIdentifierTable;
  clinic_key: ClinicKeyTable;
  email_code: EmailCodeTable;
  external_identity: ExternalIdentityTable;
  idempotency_receipt: IdempotencyReceiptTable;
  invitation: InvitationTable;
  known_device: KnownDeviceTable;
  ledger_checkpoint: LedgerCheckpointTable;
  ledger_leaf: LedgerLeafTable;
  ledger_tile: LedgerTileTable;
  mail_outbox: MailOutboxTable;
  medical_record: MedicalRecordTable;
  medical_record_version: MedicalRecordVersionTable;
  membership: MembershipTable;
  mrn_counter: MrnCounterTable;
  passkey: PasskeyTable;
  patient: PatientTable;
  patient_key: PatientKeyTable;
  patient_search_token: PatientSearchTokenTable;
  platform_key: PlatformKeyTable;
  practitioner: PractitionerTable;
  recovery_code: RecoveryCodeTable;
  registration: RegistrationTable;
  security_event: SecurityEventTable;
  session_revocation: SessionRevocationTable;
  setup_code: SetupCodeTable;
  token_key: TokenKeyTable;
  totp_factor: TotpFactorTable;
}
