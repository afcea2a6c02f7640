import type { AccountId } from '@careward/kernel';
import { type CarewardRequest, requirePrincipal } from './careward-request.ts';
import type { ClinicIdentity, IdentityContext, SystemActor } from './clinic-context.ts';
import type { RequestOrigin } from './request-origin.ts';

/** The context of a signed-in request outside the clinical rooms; the role is the deciding one where there was a decision. */
export function identityContextOf(
  request: CarewardRequest,
): IdentityContext & { readonly actorId: AccountId } {
  const { clinicId, decision, purpose, origin } = request.careward;
  const { accountId } = requirePrincipal(request);
  return { clinicId, actorId: accountId, actorRole: decision?.role ?? 'ACCOUNT', purpose, origin };
}

/** As {@link identityContextOf}, on a route inside a clinic; asking elsewhere is a programming error. */
export function clinicIdentityOf(request: CarewardRequest): ClinicIdentity {
  const { clinicId } = request.careward;
  if (clinicId === null) throw new Error('a route without a clinic asked for one');
  return { ...identityContextOf(request), clinicId };
}

/** The context of a request of which nobody is known. */
export function anonymousContextOf(origin: RequestOrigin): IdentityContext {
  return contextWithoutAccount(origin, 'ANONYMOUS');
}

/** The context of what the server or its operator does. */
export function contextWithoutAccount(origin: RequestOrigin, actorRole: SystemActor): IdentityContext {
  return { clinicId: null, actorId: null, actorRole, purpose: null, origin };
}
