// Who was refused what.
//
// Defends: the audit log from gaps exactly where somebody tried what they must not. The entry is written before the refusal leaves;
// when it cannot be written, the answer is `audit-unavailable`.
// Refusals by load and rate limits are counted in metrics only: an attacker must not be able to fill the log with them.
import { AuditTrail, type ConcernedPatient } from '../audit/index.ts';
import type { Problem } from '../errors/index.ts';
import { EventService } from '../events/index.ts';
import { anonymousContextOf, type CarewardRequest, identityContextOf } from '../request-context/index.ts';
import { ClinicIsolationService } from '../tenancy/index.ts';

/** Codes that are refusals although their status does not say so: a foreign clinic answers as one that does not exist. */
const FOREIGN_CLINIC = 'clinic-not-found';

/** Writes the audit entries of refused requests, and tells of them. */
export class RefusalRecorder {
  readonly #audit: AuditTrail;
  readonly #isolation: ClinicIsolationService;
  readonly #events: EventService;

  constructor(audit: AuditTrail, isolation: ClinicIsolationService, events: EventService) {
    this.#audit = audit;
    this.#isolation = isolation;
    this.#events = events;
  }

  /** Records the refusal that `problem` tells of, if it is one. Rejects with `audit-unavailable`. */
  async record(request: CarewardRequest, problem: Problem): Promise<void> {
    const isRefusal = problem.status === 401 || problem.status === 403 || problem.code === FOREIGN_CLINIC;
    if (!isRefusal && !isBlindWrite(request, problem)) return;
    if (isRefusal) this.#tell(request, problem);
    const { principal, clinicId, origin } = request.careward;
    if (principal === null)
      return this.#audit.record(anonymousContextOf(origin), routeEvent(request, problem));
    if (clinicId === null)
      return this.#audit.record(identityContextOf(request), routeEvent(request, problem));
    const context = this.#isolation.grantForAudit(request, principal, clinicId);
    return this.#audit.recordInClinic(
      context,
      routeEvent(request, problem),
      request.params as ConcernedPatient,
    );
  }

  #tell({ careward }: CarewardRequest, { status, code }: Problem): void {
    const { origin, principal, clinicId } = careward;
    const accountId = principal?.accountId ?? null;
    if (status === 401) this.#events.emitEnterprise('authentication.failed', { accountId, code }, origin);
    else if (code === FOREIGN_CLINIC)
      this.#events.emitEnterprise('tenancy.refused', { accountId, code }, origin);
    else this.#events.emitEnterprise('authorization.refused', { accountId, clinicId, code }, origin);
  }
}

/** A write inside a clinic to what is not there, or not the clinic's. Reads that find nothing write their own entry. */
function isBlindWrite({ method, careward }: CarewardRequest, { status }: Problem): boolean {
  return status === 404 && careward.clinicContext !== null && method !== 'GET' && method !== 'HEAD';
}

/** The route as it is declared, never as it was called: a path may hold ids. */
function routeEvent(request: CarewardRequest, problem: Problem) {
  const route = `${request.method} ${request.routeOptions.url ?? '(no route)'}`;
  return {
    action: 'request.refused',
    resourceType: 'route',
    resourceId: route,
    outcome: problem.status === 404 && problem.code !== FOREIGN_CLINIC ? 'not-found' : 'refused',
    reason: problem.code,
  } as const;
}
