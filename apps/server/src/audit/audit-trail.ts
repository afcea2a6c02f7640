// The audit trail of everything that is not a row access: sign-ins, refusals, set-up, administration.
//
// Defends: the answer to "who tried what, when, from where". An entry is written before the answer leaves; when it cannot be
// written, `audit-unavailable` refuses the request. Row accesses write theirs in their own transaction: reads through
// `recordedRead`, writes through triggers.
import type { ClinicContext, IdentityContext } from '../request-context/index.ts';
import { auditErrors } from './audit.errors.ts';
import type { AuditEntryRepository, ConcernedPatient } from './audit-entry.repository.ts';
import type { AuditEvent } from './audit-event.ts';

/** Appends audit entries, or refuses the request. */
export class AuditTrail {
  readonly #entries: AuditEntryRepository;

  constructor(entries: AuditEntryRepository) {
    this.#entries = entries;
  }

  /** Appends an entry outside any clinic's rooms. Refuses with `audit-unavailable`. */
  async record(context: IdentityContext, event: AuditEvent): Promise<void> {
    await refuseWhenUnwritable(this.#entries.append(context, event));
  }

  /** Appends an entry inside a clinic; the patient of that clinic whom it concerns finds it in their own log. */
  async recordInClinic(
    context: ClinicContext,
    event: AuditEvent,
    concerned: ConcernedPatient,
  ): Promise<void> {
    await refuseWhenUnwritable(this.#entries.appendInClinic(context, event, concerned));
  }
}

async function refuseWhenUnwritable(written: Promise<void>): Promise<void> {
  try {
    await written;
  } catch (cause) {
    throw auditErrors.error('audit-unavailable', { cause, retryAfterSeconds: 5 });
  }
}
