import type { AccountId, ClinicId, PatientId, RecordId, SessionId } from '@careward/kernel';

/** The field that an event belongs to. */
export type EventCategory =
  | 'AUTHENTICATION'
  | 'AUTHORIZATION'
  | 'ABUSE'
  | 'OPERATION'
  | 'ACCOUNT'
  | 'CLINICAL';

/** How soon somebody should look. `CRITICAL`: at once. */
export type EventPriority = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

/** Everything that can be told, with what it tells. Ids and codes only: an event never carries PHI, credentials or free text. */
export interface EventDetails {
  'authentication.succeeded': { readonly accountId: AccountId; readonly sessionId: SessionId };
  'authentication.failed': { readonly accountId: AccountId | null; readonly code: string };
  'authentication.refresh-reused': { readonly sessionId: SessionId };
  'session.ended': { readonly sessionId: SessionId };
  'account.sessions-revoked': { readonly accountId: AccountId };
  'account.created': { readonly accountId: AccountId };
  'membership.changed': { readonly accountId: AccountId; readonly clinicId: ClinicId };
  'authorization.refused': {
    readonly accountId: AccountId | null;
    readonly clinicId: ClinicId | null;
    readonly code: string;
  };
  'tenancy.refused': { readonly accountId: AccountId | null; readonly code: string };
  'limit.exceeded': { readonly limit: string };
  'limits.local': { readonly isLocal: boolean };
  'admission.shed': { readonly inWork: number };
  'request.unsafe': { readonly code: string };
  'audit.unavailable': { readonly code: string };
  'ledger.sequenced': { readonly size: number };
  'clinic.created': { readonly clinicId: ClinicId };
  'patient.written': { readonly clinicId: ClinicId; readonly patientId: PatientId };
  'medical-record.written': {
    readonly clinicId: ClinicId;
    readonly patientId: PatientId;
    readonly recordId: RecordId;
  };
  'import.finished': {
    readonly clinicId: ClinicId | null;
    readonly accepted: number;
    readonly refused: number;
  };
}

/** The name of an event. */
export type EventType = keyof EventDetails;

interface EventKind {
  readonly category: EventCategory;
  readonly priority: EventPriority;
}

/** Category and priority are part of what an event is, not of who tells it. */
export const EVENT_KINDS: Readonly<Record<EventType, EventKind>> = {
  'authentication.succeeded': { category: 'AUTHENTICATION', priority: 'LOW' },
  'authentication.failed': { category: 'AUTHENTICATION', priority: 'MEDIUM' },
  'authentication.refresh-reused': { category: 'AUTHENTICATION', priority: 'HIGH' },
  'session.ended': { category: 'AUTHENTICATION', priority: 'LOW' },
  'account.sessions-revoked': { category: 'ACCOUNT', priority: 'MEDIUM' },
  'account.created': { category: 'ACCOUNT', priority: 'LOW' },
  'membership.changed': { category: 'ACCOUNT', priority: 'MEDIUM' },
  'authorization.refused': { category: 'AUTHORIZATION', priority: 'MEDIUM' },
  'tenancy.refused': { category: 'AUTHORIZATION', priority: 'HIGH' },
  'limit.exceeded': { category: 'ABUSE', priority: 'MEDIUM' },
  'limits.local': { category: 'OPERATION', priority: 'HIGH' },
  'admission.shed': { category: 'ABUSE', priority: 'HIGH' },
  'request.unsafe': { category: 'ABUSE', priority: 'MEDIUM' },
  'audit.unavailable': { category: 'OPERATION', priority: 'CRITICAL' },
  'ledger.sequenced': { category: 'OPERATION', priority: 'LOW' },
  'clinic.created': { category: 'ACCOUNT', priority: 'LOW' },
  'patient.written': { category: 'CLINICAL', priority: 'LOW' },
  'medical-record.written': { category: 'CLINICAL', priority: 'LOW' },
  'import.finished': { category: 'CLINICAL', priority: 'LOW' },
};
