// Stage `authorization`: may this person do this here, and how far does it reach?
//
// Defends: by default deny. A route that declares neither `@Public()`, `@SignedIn()` nor a permission is refused. The decision is
// the access policy's; the guard only asks it and turns a "yes" into the licence under which the database is used.
import { can, type Decision, type Permission, type Role } from '@careward/access-policy';
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ROUTE_ENTRY, type RouteEntry } from '../authentication/index.ts';
import { type CarewardRequest, requirePrincipal } from '../request-context/index.ts';
import { ClinicIsolationService } from '../tenancy/index.ts';
import { authorizationErrors } from './authorization.errors.ts';
import { resolvePurpose } from './purpose-of-use.ts';
import { PHI_ROUTE, REQUIRED_PERMISSIONS, REQUIRED_ROLES } from './route-declarations.ts';

type Allowed = Extract<Decision, { allowed: true }>;

/** Asks the access policy about the route's declarations and opens the clinic context. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly isolation: ClinicIsolationService,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.#declared<RouteEntry>(context, ROUTE_ENTRY) !== undefined) return true;
    const permissions = this.#declared<Permission[]>(context, REQUIRED_PERMISSIONS);
    if (permissions === undefined) throw authorizationErrors.error('authorization-undeclared');
    const request = context.switchToHttp().getRequest<CarewardRequest>();
    const decision = decide(request, permissions);
    rejectOtherRoles(this.#declared<Role[]>(context, REQUIRED_ROLES), decision);
    this.#open(request, decision, this.#declared<boolean>(context, PHI_ROUTE) === true);
    return true;
  }

  #open(request: CarewardRequest, decision: Allowed, phi: boolean): void {
    const state = request.careward;
    state.decision = decision;
    state.purpose = resolvePurpose(singleHeader(request.headers['x-purpose-of-use']), decision.role, phi);
    if (state.clinicId === null) return;
    state.clinicContext = this.isolation.grant({
      clinicId: state.clinicId,
      actorId: requirePrincipal(request).accountId,
      actorRole: decision.role,
      purpose: state.purpose,
      scope: decision.scope === 'own' ? 'own' : 'clinic',
      origin: state.origin,
    });
  }

  #declared<T>(context: ExecutionContext, key: string): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}

function decide(request: CarewardRequest, permissions: readonly Permission[]): Allowed {
  const decision = can(requirePrincipal(request), permissions, { clinicId: request.careward.clinicId });
  if (!decision.allowed)
    throw authorizationErrors.error('authorization-refused', { detail: decision.reason });
  return decision;
}

function rejectOtherRoles(roles: readonly Role[] | undefined, decision: Allowed): void {
  if (roles === undefined || roles.includes(decision.role)) return;
  throw authorizationErrors.error('authorization-refused', {
    detail: `${decision.role} is not among the roles`,
  });
}

function singleHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
