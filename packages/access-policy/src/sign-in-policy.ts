/**
 * How strongly each role has to prove itself: what a sign-in needs, how a token is held, and how long both are believed.
 *
 * Defends: accounts of staff from a password alone, and from a token that was copied out of a client (HIPAA 164.312(d), 164.312(a)).
 * Against: phishing, reused passwords, stolen bearer tokens, a device left open.
 * Does not: sign anybody in. The lists that an operator configures come from the caller; production refuses lists weaker than this.
 */
import { ROLES, type Role } from './roles.ts';

/** What one role has to meet. The two words are the default where nothing else is configured. */
export interface SignInRule {
  /** Whether a second factor is asked for beside a password. */
  readonly secondFactor: 'required' | 'optional';
  /** Whether a token has to be bound to a key of its client (RFC 9449) or may be a bearer token. */
  readonly tokenBinding: 'required' | 'may-use-bearer';
  /** A session that is not used for longer ends; the configuration may only be shorter in production. */
  readonly sessionIdleMinutesAtMost: number;
  /** How old the last proof of a person may be for a sensitive act (RFC 9470). */
  readonly recentProofMinutes: number;
}

const STAFF: SignInRule = Object.freeze({
  secondFactor: 'required',
  tokenBinding: 'required',
  sessionIdleMinutesAtMost: 30,
  recentProofMinutes: 5,
});

/** The rule of a person without any role: what an account is held to before a clinic gives it a role. */
const WITHOUT_ROLE: Role = 'PATIENT';

/** Role by rule. Patients choose their second factor themselves; everybody who works for a clinic or the platform has one. */
export const SIGN_IN_POLICY: Readonly<Record<Role, SignInRule>> = Object.freeze({
  SUPER_ADMIN: STAFF,
  CLINIC_ADMIN: STAFF,
  DOCTOR: STAFF,
  PATIENT: Object.freeze<SignInRule>({ ...STAFF, secondFactor: 'optional' }),
  RECEPTIONIST: STAFF,
  PHARMACIST: STAFF,
  THERAPIST: STAFF,
  LAB_TECHNICIAN: STAFF,
  FINANCE_BILLING: STAFF,
  SUPPORT_STAFF: STAFF,
  NURSE: STAFF,
  COUNSELOR: STAFF,
  INSURER: STAFF,
});

/** The roles of people who work for a clinic, an insurer or the platform: everybody but patients. */
export const STAFF_ROLES: readonly Role[] = ROLES.filter((role) => role !== 'PATIENT');

/** The roles that need a second factor where nothing else is configured. */
export const DEFAULT_SECOND_FACTOR_ROLES: readonly Role[] = ROLES.filter(
  (role) => SIGN_IN_POLICY[role].secondFactor === 'required',
);

/** The roles that may use bearer tokens where nothing else is configured. */
export const DEFAULT_BEARER_ROLES: readonly Role[] = ROLES.filter(
  (role) => SIGN_IN_POLICY[role].tokenBinding === 'may-use-bearer',
);

/**
 * Whether a person needs a second factor: one of their roles is listed, on the platform or in any clinic. A patient who is also a
 * nurse signs in as a nurse does.
 */
export function needsSecondFactor(roles: readonly Role[], configuredRoles: readonly Role[]): boolean {
  return heldRoles(roles).some((role) => configuredRoles.includes(role));
}

/** Whether a person may hold a bearer token: every one of their roles is listed. One that is not binds the token of all. */
export function mayUseBearer(roles: readonly Role[], configuredRoles: readonly Role[]): boolean {
  return heldRoles(roles).every((role) => configuredRoles.includes(role));
}

function heldRoles(roles: readonly Role[]): readonly Role[] {
  return roles.length === 0 ? [WITHOUT_ROLE] : roles;
}
