import type { LedgerEntry } from '@careward/ledger';

/** An audit entry as the database gives it. */
export interface LedgerEntryRow {
  readonly id: string;
  readonly at: Date;
  readonly clinic_id: string | null;
  readonly actor_id: string | null;
  readonly actor_role: string;
  readonly purpose: string | null;
  readonly request_id: string;
  readonly address: string | null;
  readonly agent: string | null;
  readonly action: string;
  readonly resource_type: string;
  readonly resource_id: string | null;
  readonly patient_id: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  readonly salt: Buffer;
}

/** Every column of {@link LedgerEntryRow}. */
export const LEDGER_ENTRY_COLUMNS = [
  'id',
  'at',
  'clinic_id',
  'actor_id',
  'actor_role',
  'purpose',
  'request_id',
  'address',
  'agent',
  'action',
  'resource_type',
  'resource_id',
  'patient_id',
  'outcome',
  'reason',
  'salt',
] as const satisfies readonly (keyof LedgerEntryRow)[];

/** The entry in the words that its commitment covers. */
export function ledgerEntryOf(row: LedgerEntryRow): LedgerEntry {
  return {
    id: row.id,
    at: timeOf(row.at),
    clinicId: row.clinic_id,
    actorId: row.actor_id,
    actorRole: row.actor_role,
    purpose: row.purpose,
    requestId: row.request_id,
    address: row.address,
    agent: row.agent,
    action: row.action,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    patientId: row.patient_id,
    outcome: row.outcome,
    reason: row.reason,
  };
}

/** A forged time may be none at all (`infinity`): it must reach the verifier as a finding, not stop it. */
function timeOf(at: unknown): string {
  return at instanceof Date && !Number.isNaN(at.getTime()) ? at.toISOString() : String(at);
}
