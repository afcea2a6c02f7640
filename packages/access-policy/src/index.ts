export { can, type Decision, type PolicyPrincipal, type PolicyResource, type RefusalCode } from './can.ts';
export {
  CLAIMS_PLATFORM_PERMISSIONS,
  CLINIC_PLATFORM_PERMISSIONS,
  PERMISSIONS,
  PERMISSIONS_OF_LATER_PARTS,
  type Permission,
  permissionsOverRights,
  phiPermissions,
} from './permissions.ts';
export { type PolicyRoute, renderAccessPolicy } from './render.ts';
export {
  CLAIMS_PLATFORM_ACTORS,
  type Grants,
  grantedScope,
  ROLE_PERMISSIONS,
  type Scope,
} from './role-permissions.ts';
export { CARE_ROLES, CLINIC_ROLES, type ClinicRole, isRole, ROLES, type Role } from './roles.ts';
export {
  DEFAULT_BEARER_ROLES,
  DEFAULT_SECOND_FACTOR_ROLES,
  mayUseBearer,
  needsSecondFactor,
  SIGN_IN_POLICY,
  type SignInRule,
  STAFF_ROLES,
} from './sign-in-policy.ts';
