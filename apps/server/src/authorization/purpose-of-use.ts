import { CARE_ROLES, type Role } from '@careward/access-policy';
import { isPurposeOfUse, type PurposeOfUse } from '../request-context/index.ts';
import { authorizationErrors } from './authorization.errors.ts';

/**
 * The purpose of an access: as stated, else TREAT for roles that treat and PATRQT for patients. Everybody else must state it.
 * Returns null only where the route does not need one.
 */
export function resolvePurpose(
  stated: string | undefined,
  role: Role,
  required: boolean,
): PurposeOfUse | null {
  if (stated !== undefined) return parsePurpose(stated);
  if (CARE_ROLES.has(role)) return 'TREAT';
  if (role === 'PATIENT') return 'PATRQT';
  if (required) throw authorizationErrors.error('purpose-of-use-required');
  return null;
}

function parsePurpose(stated: string): PurposeOfUse {
  const code = stated.trim().toUpperCase();
  if (!isPurposeOfUse(code)) throw authorizationErrors.error('purpose-of-use-unknown');
  return code;
}
