// Which clinic a request works in.
//
// Defends: every clinic from the members of all others. A request may name a clinic in five places; each named clinic must be one
// of the caller's, and all of them must be the same. A foreign clinic answers exactly as one that does not exist.
// Does not decide what the caller may do there: authorization does.
import { type ClinicId, isUuid } from '@careward/kernel';
import {
  type CarewardRequest,
  ClinicContext,
  type ClinicGrant,
  type Principal,
  requirePrincipal,
} from '../request-context/index.ts';
import { CLINIC_ID_SOURCES } from './clinic-id-sources.ts';
import { tenancyErrors } from './tenancy.errors.ts';

/** Finds and checks the clinic of a request. */
export class ClinicIsolationService {
  /** The one clinic that the request names and the principal may enter. */
  requireClinic(request: CarewardRequest, principal: Principal): ClinicId {
    const named = CLINIC_ID_SOURCES.flatMap((source) => source.read(request))
      .filter((value) => value !== undefined && value !== null)
      .map(parseClinicId);
    for (const clinicId of named) requireClinicAccess(principal, clinicId);
    const [clinicId, ...others] = new Set(named);
    if (clinicId === undefined) throw tenancyErrors.error('clinic-required');
    if (others.length > 0) throw tenancyErrors.error('clinic-sources-disagree');
    return clinicId;
  }

  /** The licence to the rows of a clinic, made after the access decision. */
  grant(grant: ClinicGrant): ClinicContext {
    return ClinicContext.grant(grant);
  }

  /** A licence under which a refusal inside the clinic is recorded; it goes to the audit trail and nowhere else. */
  grantForAudit(request: CarewardRequest, principal: Principal, clinicId: ClinicId): ClinicContext {
    const held = principal.memberships.find((membership) => membership.clinicId === clinicId)?.roles[0];
    return ClinicContext.grant({
      clinicId,
      actorId: principal.accountId,
      actorRole: held ?? principal.platformRole ?? 'ACCOUNT',
      purpose: request.careward.purpose,
      scope: 'clinic',
      origin: request.careward.origin,
    });
  }

  /** Licences to what is the person's own in every clinic that they visit as a patient. */
  grantOwn(request: CarewardRequest): ClinicContext[] {
    const { accountId, memberships } = requirePrincipal(request);
    const own = { actorId: accountId, actorRole: 'PATIENT', purpose: 'PATRQT', scope: 'own' } as const;
    return memberships
      .filter((membership) => membership.roles.includes('PATIENT'))
      .map(({ clinicId }) => ClinicContext.grant({ ...own, clinicId, origin: request.careward.origin }));
  }
}

function parseClinicId(value: unknown): ClinicId {
  if (!isUuid(value)) throw tenancyErrors.error('clinic-malformed');
  return value.toLowerCase() as ClinicId;
}

/** Platform administrators may ask for any clinic; the access policy gives them no permission that opens its records. */
function requireClinicAccess(principal: Principal, clinicId: ClinicId): void {
  const isMember = principal.memberships.some((membership) => membership.clinicId === clinicId);
  if (!isMember && principal.platformRole !== 'SUPER_ADMIN') throw tenancyErrors.error('clinic-not-found');
}
