import { asAccountId, asClinicId } from '@careward/kernel';
import { describe, expect, test } from 'vitest';
import {
  CLINIC_ROLES,
  can,
  type Decision,
  grantedScope,
  PERMISSIONS,
  type Permission,
  type PolicyPrincipal,
  phiPermissions,
  type Role,
} from './index.ts';

const ann = asAccountId('01980000-0000-7000-8000-00000000000a');
const bob = asAccountId('01980000-0000-7000-8000-00000000000b');
const north = asClinicId('01980000-0000-7000-8000-0000000000c1');
const south = asClinicId('01980000-0000-7000-8000-0000000000c2');

function member(...roles: Role[]): PolicyPrincipal {
  return { accountId: ann, platformRole: null, memberships: [{ clinicId: north, roles }] };
}
const superAdmin: PolicyPrincipal = { accountId: ann, platformRole: 'SUPER_ADMIN', memberships: [] };
const stranger: PolicyPrincipal = { accountId: ann, platformRole: null, memberships: [] };

function outcome(decision: Decision): string {
  return decision.allowed ? `${decision.role} ${decision.permission} ${decision.scope}` : decision.code;
}

describe('every role and permission', () => {
  for (const role of CLINIC_ROLES) {
    test(`${role} may do in its clinic what the table grants, and nothing else`, () => {
      for (const permission of PERMISSIONS) {
        const scope = grantedScope(role, permission);
        const expected = scope ? `${role} ${permission} ${scope}` : 'permission-missing';
        expect(outcome(can(member(role), [permission], { clinicId: north }))).toBe(expected);
      }
    });

    test(`${role} may do nothing in a clinic it does not belong to`, () => {
      for (const permission of PERMISSIONS) {
        expect(outcome(can(member(role), [permission], { clinicId: south }))).toBe('membership-missing');
      }
    });

    test(`${role} reaches no PHI where no clinic is named`, () => {
      for (const permission of phiPermissions) {
        expect(can(member(role), [permission], { clinicId: null }).allowed).toBe(false);
        expect(can(member(role), [permission], {}).allowed).toBe(false);
      }
    });
  }
});

describe('platform', () => {
  test('SUPER_ADMIN administers any clinic and reaches PHI in none', () => {
    for (const permission of PERMISSIONS) {
      const scope = grantedScope('SUPER_ADMIN', permission);
      const expected = scope ? `SUPER_ADMIN ${permission} platform` : 'membership-missing';
      expect(outcome(can(superAdmin, [permission], { clinicId: north }))).toBe(expected);
      if (scope) expect(phiPermissions.has(permission)).toBe(false);
    }
  });

  test('a membership that claims SUPER_ADMIN grants nothing', () => {
    for (const permission of PERMISSIONS) {
      expect(can(member('SUPER_ADMIN'), [permission], { clinicId: north }).allowed).toBe(false);
      expect(can(member('SUPER_ADMIN'), [permission], {}).allowed).toBe(false);
    }
  });

  test('an account without role or membership may do nothing anywhere', () => {
    for (const clinicId of [north, null, undefined]) {
      expect(can(stranger, PERMISSIONS, { clinicId, ownerAccountId: ann }).allowed).toBe(false);
    }
  });
});

describe('own data', () => {
  const history: Permission[] = ['view_medical_history', 'view_own_medical_history'];

  test('a patient reaches the own history and no other', () => {
    const patient = member('PATIENT');
    expect(outcome(can(patient, history, { clinicId: north, ownerAccountId: ann }))).toBe(
      'PATIENT view_own_medical_history own',
    );
    expect(outcome(can(patient, history, { clinicId: north, ownerAccountId: bob }))).toBe('owner-mismatch');
  });

  test('a row that belongs to no account is nobody’s own', () => {
    const decision = can(member('PATIENT'), history, { clinicId: north, ownerAccountId: null });
    expect(outcome(decision)).toBe('owner-mismatch');
  });

  test('where the owner is not known yet the decision says own, and the caller narrows to it', () => {
    expect(outcome(can(member('PATIENT'), history, { clinicId: north }))).toBe(
      'PATIENT view_own_medical_history own',
    );
  });

  test('a doctor who is also a patient of the clinic is answered with the wider scope', () => {
    const decision = can(member('PATIENT', 'DOCTOR'), history.toReversed(), { clinicId: north });
    expect(outcome(decision)).toBe('DOCTOR view_medical_history clinic');
  });

  test('the own clinics can be listed without naming one, the clinics of another account cannot', () => {
    expect(can(member('NURSE'), ['view_own_clinics'], { ownerAccountId: ann }).allowed).toBe(true);
    expect(outcome(can(member('NURSE'), ['view_own_clinics'], { ownerAccountId: bob }))).toBe(
      'owner-mismatch',
    );
  });
});

describe('the answer', () => {
  test('no permission asked is a refusal', () => {
    expect(outcome(can(member('DOCTOR'), [], { clinicId: north }))).toBe('permission-missing');
  });

  test('a clinical permission without a clinic says that the clinic is missing', () => {
    expect(outcome(can(member('DOCTOR'), ['view_medical_history'], {}))).toBe('clinic-missing');
  });

  test('a tie goes to the permission named first', () => {
    const asked: Permission[] = ['view_medical_history', 'view_patient_profiles'];
    expect(can(member('NURSE'), asked, { clinicId: north })).toMatchObject({ permission: asked[0] });
    expect(can(member('NURSE'), asked.toReversed(), { clinicId: north })).toMatchObject({
      permission: asked[1],
    });
  });

  test('the reason names no account and no clinic', () => {
    for (const clinicId of [north, south]) {
      const { reason } = can(member('DOCTOR'), ['view_medical_history'], { clinicId });
      expect(reason).not.toMatch(/[0-9a-f]{8}-/);
      expect(reason.length).toBeGreaterThan(0);
    }
  });
});
