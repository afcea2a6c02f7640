import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  CARE_ROLES,
  CLAIMS_PLATFORM_ACTORS,
  CLAIMS_PLATFORM_PERMISSIONS,
  grantedScope,
  PERMISSIONS,
  type Permission,
  phiPermissions,
  ROLE_PERMISSIONS,
  ROLES,
  type Role,
} from './index.ts';

const seedFile = fileURLToPath(new URL('../../../../shared/seeds/002_6b98f370f6bcc268.txt', import.meta.url));

/** The four lists of the claims platform's documentation, kept here so that the promise holds without the document. */
const promised: Readonly<Record<string, readonly string[]>> = {
  patient: ['view_own_profile', 'update_own_profile', 'submit_claims', 'view_own_claims', 'upload_documents'],
  doctor: [
    'view_patient_profiles',
    'submit_claims',
    'review_claims',
    'update_medical_records',
    'view_medical_history',
  ],
  insurer: ['view_all_claims', 'approve_claims', 'reject_claims', 'view_analytics', 'manage_policies'],
  admin: ['manage_users', 'view_system_logs', 'configure_system', 'manage_doctors', 'view_audit_trails'],
};

const actors: Readonly<Record<string, readonly Role[]>> = CLAIMS_PLATFORM_ACTORS;

/** What every role holds of the claims platform's list: its own actors exactly theirs, the others what their work in a clinic needs. */
const heldByRole: Readonly<Record<Role, readonly string[]>> = {
  PATIENT: promised.patient ?? [],
  DOCTOR: promised.doctor ?? [],
  INSURER: promised.insurer ?? [],
  SUPER_ADMIN: ['manage_users', 'view_system_logs', 'configure_system'],
  CLINIC_ADMIN: ['manage_users', 'manage_doctors', 'view_audit_trails'],
  RECEPTIONIST: ['view_patient_profiles'],
  PHARMACIST: ['view_patient_profiles', 'view_medical_history'],
  THERAPIST: ['view_patient_profiles', 'view_medical_history'],
  LAB_TECHNICIAN: ['view_patient_profiles', 'view_medical_history'],
  FINANCE_BILLING: ['view_patient_profiles'],
  SUPPORT_STAFF: [],
  NURSE: ['view_patient_profiles', 'view_medical_history'],
  COUNSELOR: ['view_patient_profiles', 'view_medical_history'],
};

function permissionsOf(...roles: readonly Role[]): Permission[] {
  return PERMISSIONS.filter((permission) => roles.some((role) => grantedScope(role, permission)));
}

describe('the promised permissions', () => {
  test.each(Object.keys(promised))('%s holds exactly the promised ones of the claims platform', (actor) => {
    expect(heldOfPromised(actors[actor] ?? [])).toEqual(promised[actor]?.toSorted());
  });

  test.each(ROLES)('%s holds exactly this of the list of the claims platform', (role) => {
    expect(heldOfPromised([role])).toEqual(heldByRole[role].toSorted());
  });

  test('of the administrator are shared between who runs the platform and who runs a clinic', () => {
    const [platform, clinic] = [heldByRole.SUPER_ADMIN, heldByRole.CLINIC_ADMIN];
    expect([...new Set([...platform, ...clinic])].toSorted()).toEqual(promised.admin?.toSorted());
    expect(platform.filter((permission) => clinic.includes(permission))).toEqual(['manage_users']);
    expect(grantedScope('SUPER_ADMIN', 'manage_users')).toBe('platform');
    expect(grantedScope('CLINIC_ADMIN', 'manage_users')).toBe('clinic');
  });

  test('every permission of the claims platform is promised to somebody', () => {
    expect(new Set(CLAIMS_PLATFORM_PERMISSIONS)).toEqual(new Set(Object.values(promised).flat()));
  });

  test.skipIf(!existsSync(seedFile))(
    'the lists are those of the original document, and ours are its lists',
    () => {
      const lists = listsOf(readFileSync(seedFile, 'utf8'));
      expect(lists).toEqual(promised);
      for (const [actor, names] of Object.entries(lists))
        expect(heldOfPromised(actors[actor] ?? [])).toEqual(names.toSorted());
    },
  );
});

/** `actor: ['permission', ...]` of the document's own table, read out of its text. */
function listsOf(text: string): Record<string, string[]> {
  const block = /const rolePermissions = (\{[^}]*\});/.exec(text)?.[1] ?? '';
  const lists = [...block.matchAll(/(\w+): \[([^\]]*)\]/g)].map(([, actor = '', names = '']) => [
    actor,
    [...names.matchAll(/'(\w+)'/g)].map(([, name]) => name),
  ]);
  return Object.fromEntries(lists) as Record<string, string[]>;
}

/** What the roles hold together of the claims platform's permissions. */
function heldOfPromised(roles: readonly Role[]): string[] {
  const known: readonly string[] = CLAIMS_PLATFORM_PERMISSIONS;
  return permissionsOf(...roles)
    .filter((each) => known.includes(each))
    .toSorted();
}

describe('least privilege', () => {
  const clinical: readonly Permission[] = [
    'view_medical_history',
    'create_medical_records',
    'update_medical_records',
  ];

  test('SUPER_ADMIN holds no PHI permission and nothing inside a clinic', () => {
    expect(permissionsOf('SUPER_ADMIN').filter((each) => phiPermissions.has(each))).toEqual([]);
    expect(new Set(Object.values(ROLE_PERMISSIONS.SUPER_ADMIN))).toEqual(new Set(['platform']));
  });

  test('only SUPER_ADMIN reaches the platform', () => {
    const platform = ROLES.filter((role) => Object.values(ROLE_PERMISSIONS[role]).includes('platform'));
    expect(platform).toEqual(['SUPER_ADMIN']);
  });

  test('only roles of care hold clinical permissions', () => {
    for (const permission of clinical) {
      for (const role of ROLES) if (grantedScope(role, permission)) expect(CARE_ROLES).toContain(role);
    }
  });

  test.each<[Role, Permission[]]>([
    ['RECEPTIONIST', ['view_patient_profiles', 'register_patients', 'update_patient_profiles']],
    ['PHARMACIST', ['view_patient_profiles', 'view_medical_history']],
    ['LAB_TECHNICIAN', ['view_patient_profiles', 'view_medical_history']],
    ['FINANCE_BILLING', ['view_patient_profiles']],
    ['SUPPORT_STAFF', []],
    ['NURSE', ['view_patient_profiles', 'view_medical_history', 'create_medical_records']],
    ['THERAPIST', ['view_patient_profiles', 'view_medical_history', 'create_medical_records']],
    ['COUNSELOR', ['view_patient_profiles', 'view_medical_history', 'create_medical_records']],
  ])('%s reaches just this PHI', (role, expected) => {
    const held = permissionsOf(role).filter(
      (each) => phiPermissions.has(each) && each !== 'link_patient_accounts',
    );
    expect(held.toSorted()).toEqual(expected.toSorted());
  });

  test('a patient reaches only the own data', () => {
    expect(new Set(Object.values(ROLE_PERMISSIONS.PATIENT))).toEqual(new Set(['own']));
  });

  test('a clinic administrator reads neither profiles nor diagnoses', () => {
    const forbidden = new Set<Permission>([...clinical, 'view_patient_profiles', 'view_own_profile']);
    expect(permissionsOf('CLINIC_ADMIN').filter((each) => forbidden.has(each))).toEqual([]);
  });
});

describe('the table cannot be widened at run time', () => {
  test('neither a role nor a grant can be added', () => {
    expect(() => Object.assign(ROLE_PERMISSIONS, { HACKER: {} })).toThrow(TypeError);
    expect(() => Object.assign(ROLE_PERMISSIONS.PATIENT, { manage_users: 'clinic' })).toThrow(TypeError);
  });

  test.each(['constructor', '__proto__', 'toString', 'doctor', ''])('the role %j holds nothing', (name) => {
    for (const permission of PERMISSIONS) expect(grantedScope(name as Role, permission)).toBeUndefined();
    expect(grantedScope('DOCTOR', name as Permission)).toBeUndefined();
  });
});
