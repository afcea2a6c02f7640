// What production refuses of the settings of sign-in.
//
// Defends the accounts of staff from settings that suit a test: no second factor, tokens that anybody can use who copies them,
// sessions that stay open on a forgotten device. Does not look at patients' accounts: what they use is the operator's choice.
import { ROLES, SIGN_IN_POLICY, STAFF_ROLES } from '@careward/access-policy';
import type { Fault } from '@careward/kernel';
import type { LimitsConfiguration } from './limits.ts';
import type { SessionsConfiguration } from './sessions.ts';
import type { SignInPolicyConfiguration } from './sign-in-policy.ts';

/** Every reason why these lists of roles may not serve in production. */
export function signInPolicyFaults({ secondFactorRoles, bearerRoles }: SignInPolicyConfiguration): Fault[] {
  const faults: Fault[] = [];
  if (STAFF_ROLES.some((role) => !secondFactorRoles.includes(role))) {
    faults.push({
      path: 'CAREWARD_SECOND_FACTOR_ROLES',
      message:
        'leaves out a role of staff, which production refuses; list every role but PATIENT, or unset it',
    });
  }
  if (STAFF_ROLES.some((role) => bearerRoles.includes(role))) {
    faults.push({
      path: 'CAREWARD_BEARER_ROLES',
      message:
        'allows staff tokens that are not bound to a key, which production refuses; keep PATIENT or none',
    });
  }
  return faults;
}

/** So many that guessing would hardly be slowed down. */
const MOST_SIGN_IN_FAILURES = 20;

/** Whether an address or an account may fail too often. */
export function attemptFaults({ addressFailures, accountFailures }: LimitsConfiguration): Fault[] {
  const message = `allows more than ${MOST_SIGN_IN_FAILURES} failures, which production refuses; make it lower`;
  return [
    ['CAREWARD_SIGN_IN_FAILURES_PER_ADDRESS', addressFailures] as const,
    ['CAREWARD_SIGN_IN_FAILURES_PER_ACCOUNT', accountFailures] as const,
  ].flatMap(([path, failures]) => (failures > MOST_SIGN_IN_FAILURES ? [{ path, message }] : []));
}

/** Whether sessions may stand open for longer than the access policy lets any role's. */
export function idleFaults({ idleMs }: SessionsConfiguration): Fault[] {
  const minutes = Math.min(...ROLES.map((role) => SIGN_IN_POLICY[role].sessionIdleMinutesAtMost));
  if (idleMs <= minutes * 60_000) return [];
  return [
    {
      path: 'CAREWARD_SESSION_IDLE_SECONDS',
      message: `lets a session stand open for more than ${minutes} minutes, which production refuses; make it shorter`,
    },
  ];
}
