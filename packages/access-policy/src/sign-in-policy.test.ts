import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_BEARER_ROLES,
  DEFAULT_SECOND_FACTOR_ROLES,
  mayUseBearer,
  needsSecondFactor,
  ROLES,
  type Role,
  SIGN_IN_POLICY,
  STAFF_ROLES,
} from './index.ts';

const someRoles = fc.uniqueArray(fc.constantFrom(...ROLES));

describe('the rules of sign-in', () => {
  test('ask every role but the patient for a second factor, and every role for a bound token', () => {
    expect(DEFAULT_SECOND_FACTOR_ROLES).toEqual(STAFF_ROLES);
    expect(STAFF_ROLES).toEqual(ROLES.filter((role) => role !== 'PATIENT'));
    expect(DEFAULT_BEARER_ROLES).toEqual([]);
  });

  test('let no session idle for longer than half an hour and no proof of a person count for longer than five minutes', () => {
    for (const role of ROLES) {
      const { sessionIdleMinutesAtMost, recentProofMinutes } = SIGN_IN_POLICY[role];
      expect(sessionIdleMinutesAtMost).toBeLessThanOrEqual(30);
      expect(recentProofMinutes).toBeLessThanOrEqual(5);
      expect(recentProofMinutes).toBeGreaterThan(0);
    }
  });

  test('cannot be weakened at run time', () => {
    expect(() => Object.assign(SIGN_IN_POLICY.DOCTOR, { secondFactor: 'optional' })).toThrow(TypeError);
    expect(() => Object.assign(SIGN_IN_POLICY, { DOCTOR: SIGN_IN_POLICY.PATIENT })).toThrow(TypeError);
  });
});

describe('a second factor', () => {
  test.each(STAFF_ROLES)('is needed by %s, and by a patient who is it too', (role) => {
    expect(needsSecondFactor([role], DEFAULT_SECOND_FACTOR_ROLES)).toBe(true);
    expect(needsSecondFactor(['PATIENT', role], DEFAULT_SECOND_FACTOR_ROLES)).toBe(true);
  });

  test('is left to patients and to people without a role, unless patients are listed', () => {
    for (const roles of [['PATIENT'], []] satisfies Role[][]) {
      expect(needsSecondFactor(roles, DEFAULT_SECOND_FACTOR_ROLES)).toBe(false);
      expect(needsSecondFactor(roles, ROLES)).toBe(true);
    }
  });

  test('is never lost by a further role', () => {
    fc.assert(
      fc.property(someRoles, someRoles, someRoles, (roles, more, configured) => {
        fc.pre(roles.length > 0);
        if (needsSecondFactor(roles, configured))
          expect(needsSecondFactor([...more, ...roles], configured)).toBe(true);
      }),
    );
  });
});

describe('a bearer token', () => {
  test('is nobody’s by default, with or without a role', () => {
    for (const role of ROLES) expect(mayUseBearer([role], DEFAULT_BEARER_ROLES)).toBe(false);
    expect(mayUseBearer([], DEFAULT_BEARER_ROLES)).toBe(false);
  });

  test('is refused to a person of whom one role is not listed', () => {
    expect(mayUseBearer(['PATIENT'], ['PATIENT'])).toBe(true);
    expect(mayUseBearer([], ['PATIENT'])).toBe(true);
    expect(mayUseBearer(['PATIENT', 'NURSE'], ['PATIENT'])).toBe(false);
    expect(mayUseBearer([], ['NURSE'])).toBe(false);
  });

  test('is never won by a further role', () => {
    fc.assert(
      fc.property(someRoles, someRoles, someRoles, (roles, more, configured) => {
        fc.pre(roles.length > 0);
        if (!mayUseBearer(roles, configured))
          expect(mayUseBearer([...more, ...roles], configured)).toBe(false);
      }),
    );
  });
});
