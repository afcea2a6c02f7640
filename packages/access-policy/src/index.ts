export { can, type Decision, type PolicyPrincipal, type PolicyResource, type RefusalCode } from './can.ts';
export {
  CLAIMS_PLATFORM_PERMISSIONS,
  CLINIC_PLATFORM_PERMISSIONS,
  PERMISSIONS,
  type Permission,
  phiPermissions,
} from './permissions.ts';
export { renderAccessPolicy } from './render.ts';
export { type Grants, grantedScope, ROLE_PERMISSIONS, type Scope } from './role-permissions.ts';
export { CARE_ROLES, CLINIC_ROLES, type ClinicRole, isRole, ROLES, type Role } from './roles.ts';
