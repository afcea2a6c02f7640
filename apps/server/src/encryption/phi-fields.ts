// Which column holds protected health information or a person's identity, and how it is encrypted.
//
// This list is the only place where a column becomes PHI: the ciphers accept no other column, and an architecture test
// compares it with the binary columns of the migrations, so a new column cannot be stored in clear unnoticed.

/** How a column is protected. `randomised`: equal values look different. `searchable`: besides, a blind index finds exact values. */
export type PhiKind = 'randomised' | 'searchable';

interface PhiFieldDeclaration {
  readonly table: string;
  readonly column: string;
  readonly kind: PhiKind;
}

/** Columns sealed under the patient's own data key. */
export const PATIENT_FIELDS = {
  'patient.name': { table: 'patient', column: 'name', kind: 'searchable' },
  'patient.birth_date': { table: 'patient', column: 'birth_date', kind: 'randomised' },
  'patient.gender': { table: 'patient', column: 'gender', kind: 'randomised' },
  'patient.deceased_at': { table: 'patient', column: 'deceased_at', kind: 'randomised' },
  'patient.contacts': { table: 'patient', column: 'contacts', kind: 'randomised' },
  'patient.ssn': { table: 'patient', column: 'ssn', kind: 'searchable' },
  'patient.identifiers': { table: 'patient', column: 'identifiers', kind: 'searchable' },
  'medical_record_version.diagnosis': {
    table: 'medical_record_version',
    column: 'diagnosis',
    kind: 'randomised',
  },
  'medical_record_version.treatment': {
    table: 'medical_record_version',
    column: 'treatment',
    kind: 'randomised',
  },
  'medical_record_version.correction_reason': {
    table: 'medical_record_version',
    column: 'correction_reason',
    kind: 'randomised',
  },
} as const satisfies Record<string, PhiFieldDeclaration>;

/** Columns about people who sign in, secrets of the platform itself, and what nobody may exchange: sealed under the platform key. */
export const PLATFORM_FIELDS = {
  'account.email': { table: 'account', column: 'email', kind: 'searchable' },
  'account.display_name': { table: 'account', column: 'display_name', kind: 'randomised' },
  'invitation.email': { table: 'invitation', column: 'email', kind: 'searchable' },
  'registration.email': { table: 'registration', column: 'email', kind: 'searchable' },
  'email_code.new_email': { table: 'email_code', column: 'new_email', kind: 'searchable' },
  'passkey.public_key': { table: 'passkey', column: 'public_key', kind: 'randomised' },
  'totp_factor.secret': { table: 'totp_factor', column: 'secret', kind: 'randomised' },
  'mail_outbox.recipient': { table: 'mail_outbox', column: 'recipient', kind: 'randomised' },
  'mail_outbox.content': { table: 'mail_outbox', column: 'content', kind: 'randomised' },
  'token_key.private_key': { table: 'token_key', column: 'private_key', kind: 'randomised' },
} as const satisfies Record<string, PhiFieldDeclaration>;

/** The searchable fields of a patient, as `patient_search_token.field` names them. */
export const SEARCH_FIELDS = {
  ssn: 'patient.ssn',
  name: 'patient.name',
  identifier: 'patient.identifiers',
} as const;

export type PatientField = keyof typeof PATIENT_FIELDS;
export type PlatformField = keyof typeof PLATFORM_FIELDS;
export type SearchField = keyof typeof SEARCH_FIELDS;
