// The audit trail of everything that is not a row access: sign-ins, refusals, set-up, administration.
//
// Defends: the answer to "who tried what, when, from where". An entry is written before the answer leaves; when it cannot be
// written, `audit-unavailable` refuses the request. Row accesses write theirs in their own transaction: reads through
// `recordedRead`, writes through triggers.
import { type CarewardError, isUuid } from '@careward/kernel';
import type { CompiledQuery } from 'kysely';
import type { Database, QueryBuilder } from '../persistence/index.ts';
import type { ClinicContext, IdentityContext } from '../request-context/index.ts';
import { auditErrors } from './audit.errors.ts';

/** How an action ended. */
export type AuditOutcome = 'success' | 'refused' | 'not-found' | 'failed';

/** What happened; who, when, why and from where come from the context. */
export interface AuditEvent {
  readonly action: string;
  readonly resourceType: string;
  readonly resourceId?: string | null;
  readonly outcome: AuditOutcome;
  /** A stable code, never free text. */
  readonly reason?: string | null;
}

/** Appends audit entries. */
export class AuditTrail {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Appends an entry outside any clinic's rooms. Refuses with `audit-unavailable`. */
  async record(context: IdentityContext, event: AuditEvent): Promise<void> {
    const identity = this.#database.forIdentity(context);
    await refuseWhenUnwritable(identity.run(this.entry(identity.build, event, context.clinicId)));
  }

  /** Appends the refusal of an access inside a granted clinic; a patient of that clinic who is named is found in their log. */
  async recordClinicRefusal(context: ClinicContext, event: AuditEvent): Promise<void> {
    const clinic = this.#database.forClinic(context);
    const patient = event.resourceType === 'patient' && isUuid(event.resourceId) ? event.resourceId : null;
    const statement = clinic.build.insertInto('audit_entry').values((eb) => ({
      ...columnsOf(event),
      patient_id: eb.selectFrom('patient').select('id').where('id', '=', patient),
    }));
    await refuseWhenUnwritable(clinic.run(statement));
  }

  /** The statement that appends an entry, for a batch with the write it belongs to. */
  entry(build: QueryBuilder, event: AuditEvent, clinicId: string | null): { compile(): CompiledQuery<unknown> } {
    return build.insertInto('audit_entry').values({ ...columnsOf(event), clinic_id: clinicId });
  }
}

function columnsOf(event: AuditEvent) {
  return {
    action: event.action,
    resource_type: event.resourceType,
    resource_id: event.resourceId ?? null,
    outcome: event.outcome,
    reason: event.reason ?? null,
  };
}

async function refuseWhenUnwritable(written: Promise<unknown>): Promise<void> {
  try {
    await written;
  } catch (cause) {
    throw auditErrors.error('audit-unavailable', { cause, retryAfterSeconds: 5 }) satisfies CarewardError;
  }
}
