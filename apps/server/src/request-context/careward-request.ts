import type { Decision } from '@careward/access-policy';
import type { ClinicId } from '@careward/kernel';
import type { FastifyRequest } from 'fastify';
import type { ClinicContext } from './clinic-context.ts';
import type { Principal } from './principal.ts';
import type { PurposeOfUse } from './purpose-of-use.ts';
import type { RequestOrigin } from './request-origin.ts';

/** What the stages of the pipeline have established about a request, in the order in which they do it. */
export interface RequestState {
  /** Stages `request-id` and `client-address`. */
  origin: RequestOrigin;
  /** Stage `authentication`; null on public routes. */
  principal: Principal | null;
  /** Stage `tenancy`: the clinic asked for and found among the memberships. */
  clinicId: ClinicId | null;
  /** Stage `authorization`. */
  decision: Extract<Decision, { allowed: true }> | null;
  purpose: PurposeOfUse | null;
  /** Stage `authorization`, on clinic routes. */
  clinicContext: ClinicContext | null;
  /** Code of the problem that the request was answered with; the log line names it. */
  refusal: string | null;
}

/** The principal of a request that has passed authentication; a public route has none, and asking there is a programming error. */
export function requirePrincipal(request: CarewardRequest): Principal {
  const { principal } = request.careward;
  if (principal === null) throw new Error('a public route asked for its principal');
  return principal;
}

/** The context of a request that has passed authorization on a clinic route; asking elsewhere is a programming error. */
export function requireClinicContext(request: CarewardRequest): ClinicContext {
  const { clinicContext } = request.careward;
  if (clinicContext === null) throw new Error('a route without a clinic asked for its context');
  return clinicContext;
}

/** A Fastify request with Careward's state. The state is set by the first stage; reading it earlier is a programming error. */
export type CarewardRequest = FastifyRequest & { careward: RequestState };

declare module 'fastify' {
  interface FastifyRequest {
    careward: RequestState;
  }
}

/** The state of a request of which nothing is known but its origin. */
export function initialRequestState(origin: RequestOrigin): RequestState {
  return {
    origin,
    principal: null,
    clinicId: null,
    decision: null,
    purpose: null,
    clinicContext: null,
    refusal: null,
  };
}
