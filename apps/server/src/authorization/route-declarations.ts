import type { Permission, Role } from '@careward/access-policy';
import { SetMetadata } from '@nestjs/common';

/** Metadata keys of the declarations below. */
export const REQUIRED_PERMISSIONS = 'careward:permissions';
export const REQUIRED_ROLES = 'careward:roles';
export const PHI_ROUTE = 'careward:phi';

/** The caller needs any one of these permissions; the widest scope held decides which rows are reached. */
export const RequirePermission = (...permissions: readonly [Permission, ...Permission[]]) =>
  SetMetadata(REQUIRED_PERMISSIONS, permissions);

/** Narrows a route further: the deciding role must be one of these. */
export const Roles = (...roles: readonly [Role, ...Role[]]) => SetMetadata(REQUIRED_ROLES, roles);

/** The route reads or writes PHI: a purpose of use is needed and goes into the audit entry. */
export const PurposeOfUse = () => SetMetadata(PHI_ROUTE, true);
