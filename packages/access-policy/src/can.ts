/**
 * The decision of the access policy: may this principal use one of these permissions here, and how far does it reach?
 *
 * Defends: every clinic from the members of others, every patient's rows from other patients, PHI from platform administrators.
 * Against: forged or stale clinic ids, memberships that claim more than a clinic can give, permissions asked without a clinic.
 * Does not: look anything up. It believes the principal it is given, so the caller proves identity and memberships first, and
 * where it does not yet know the owner of a row it must keep an `own` decision to the account's own rows.
 */
import type { AccountId, ClinicId } from '@careward/kernel';
import { type Permission, phiPermissions } from './permissions.ts';
import { grantedScope, type Scope } from './role-permissions.ts';
import { CLINIC_ROLES, type Role } from './roles.ts';

/** Who acts: an account, its platform role and the roles it holds in clinics. */
export interface PolicyPrincipal {
  readonly accountId: AccountId;
  readonly platformRole: 'SUPER_ADMIN' | null;
  readonly memberships: readonly { readonly clinicId: ClinicId; readonly roles: readonly Role[] }[];
}

/**
 * What is acted on. `clinicId` absent or null: nothing inside a clinic. `ownerAccountId` absent: not known yet, and an `own`
 * decision binds the caller to the account's own rows; null: known to belong to no account, so nobody's own.
 */
export interface PolicyResource {
  readonly clinicId?: ClinicId | null | undefined;
  readonly ownerAccountId?: AccountId | null | undefined;
}

/** Why a decision was no. */
export type RefusalCode = 'permission-missing' | 'membership-missing' | 'clinic-missing' | 'owner-mismatch';

/** An access decision: a value, never an exception. `reason` is for logs and audit entries and names no person. */
export type Decision =
  | {
      readonly allowed: true;
      readonly permission: Permission;
      readonly role: Role;
      readonly scope: Scope;
      readonly reason: string;
    }
  | { readonly allowed: false; readonly code: RefusalCode; readonly reason: string };

interface Grant {
  readonly permission: Permission;
  readonly role: Role;
  readonly scope: Scope;
}

const WIDTH: Readonly<Record<Scope, number>> = { own: 1, clinic: 2, platform: 3 };

const REFUSALS: Readonly<Record<RefusalCode, string>> = {
  'permission-missing': 'no role held here carries the permission',
  'membership-missing': 'no membership in this clinic',
  'clinic-missing': 'the permission needs a clinic',
  'owner-mismatch': 'the permission reaches only the own data of the account',
};

/**
 * Decides whether the principal may use any of `permissions` on the resource, and answers with the widest scope it holds. Ties
 * go to the permission named first, then to the role that `ROLES` lists first, so equal questions have equal answers.
 * Refuses an empty list of permissions, a clinic without a membership, PHI without a clinic, and another account's own data.
 */
export function can(
  principal: PolicyPrincipal,
  permissions: readonly Permission[],
  resource: PolicyResource,
): Decision {
  const held = grantsHeld(principal, permissions, resource.clinicId ?? null);
  const applicable = held.filter((grant) => reaches(grant, principal, resource));
  const widest = applicable.reduce<Grant | undefined>(wider, undefined);
  return widest === undefined ? refuse(refusalCode(held, principal, resource)) : allow(widest);
}

function grantsHeld(
  principal: PolicyPrincipal,
  permissions: readonly Permission[],
  clinicId: ClinicId | null,
): Grant[] {
  const roles = rolesFor(principal, clinicId);
  return permissions.flatMap((permission) =>
    roles.flatMap((role) => {
      const scope = grantedScope(role, permission);
      return scope === undefined ? [] : [{ permission, role, scope }];
    }),
  );
}

function rolesFor(principal: PolicyPrincipal, clinicId: ClinicId | null): Role[] {
  const memberships = principal.memberships.filter((each) => clinicId === null || each.clinicId === clinicId);
  // CLINIC_ROLES and not the membership's own list: a membership row that says SUPER_ADMIN must grant nothing.
  const clinicRoles = CLINIC_ROLES.filter((role) => memberships.some((each) => each.roles.includes(role)));
  return principal.platformRole === 'SUPER_ADMIN' ? ['SUPER_ADMIN', ...clinicRoles] : clinicRoles;
}

function reaches(grant: Grant, principal: PolicyPrincipal, resource: PolicyResource): boolean {
  if (grant.scope === 'platform') return true;
  if (needsClinic(grant) && (resource.clinicId ?? null) === null) return false;
  if (grant.scope === 'clinic') return true;
  return resource.ownerAccountId === undefined || resource.ownerAccountId === principal.accountId;
}

function needsClinic(grant: Grant): boolean {
  return grant.scope === 'clinic' || phiPermissions.has(grant.permission);
}

function wider(best: Grant | undefined, next: Grant): Grant {
  return best === undefined || WIDTH[next.scope] > WIDTH[best.scope] ? next : best;
}

function refusalCode(
  held: readonly Grant[],
  principal: PolicyPrincipal,
  resource: PolicyResource,
): RefusalCode {
  const clinicId = resource.clinicId ?? null;
  const outsider = clinicId !== null && !principal.memberships.some((each) => each.clinicId === clinicId);
  if (outsider) return 'membership-missing';
  if (held.length === 0) return 'permission-missing';
  return clinicId === null && held.every(needsClinic) ? 'clinic-missing' : 'owner-mismatch';
}

function allow(grant: Grant): Decision {
  const { permission, role, scope } = grant;
  return { allowed: true, permission, role, scope, reason: `${role} holds ${permission} in scope ${scope}` };
}

function refuse(code: RefusalCode): Decision {
  return { allowed: false, code, reason: REFUSALS[code] };
}
