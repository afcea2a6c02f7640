// Whether a session is what the present rights of its person ask for.
//
// Defends: the rights of staff from sessions of one factor and from tokens that anybody can use who copies them, also where the rights
// have grown since the session began. Does not ask whether the session lives, or how long ago its person proved themselves.
import { mayUseBearer, needsSecondFactor } from '@careward/access-policy';
import { authenticationErrors } from '../authentication.errors.ts';
import { rolesOf, type SessionBody } from './session-body.ts';
import type { SessionPlan } from './session-parts.ts';
import { provesTwoFactors } from './session-types.ts';

/** Refuses a token without a bound key where a role wants one, and one factor where a role wants two. */
export function rejectUnfitSession(
  { keyThumbprint, methods, rights }: Pick<SessionBody, 'keyThumbprint' | 'methods' | 'rights'>,
  { bearerRoles, secondFactorRoles }: Pick<SessionPlan, 'bearerRoles' | 'secondFactorRoles'>,
): void {
  const roles = rolesOf(rights);
  if (keyThumbprint === null && !mayUseBearer(roles, bearerRoles))
    throw authenticationErrors.error('authentication-key-required');
  if (needsSecondFactor(roles, secondFactorRoles) && !provesTwoFactors(methods))
    throw authenticationErrors.error('authentication-second-factor-needed');
}

/**
 * Whether a session was made for a token of the older issuer. No sign-in writes this, and a person who proves themselves gets a session
 * that is none of these any more.
 */
export function isAdopted({ methods }: Pick<SessionBody, 'methods'>): boolean {
  return methods.length === 1 && methods[0] === 'legacy';
}
