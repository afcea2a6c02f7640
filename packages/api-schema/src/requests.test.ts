import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import * as schemas from './index.ts';

const id = '01980000-0000-7000-8000-00000000000A';
const patient = { name: { text: 'Ann Lee' }, birthDate: '1990-04-01' };
const record = { diagnosis: 'Cough', treatment: 'Rest', visitStart: '2026-01-31T09:30:00+01:00' };
const user = { email: 'ann@example.com', displayName: 'Ann', password: 'correct horse battery' };

const requests: readonly (readonly [string, z.ZodType, Record<string, unknown>])[] = [
  ['SetupRequest', schemas.SetupRequest, { ...user, code: 'abc' }],
  ['SignInRequest', schemas.SignInRequest, { email: 'ann@example.com', password: 'x', clinicId: id }],
  ['RefreshRequest', schemas.RefreshRequest, { refreshToken: 'x' }],
  ['ClinicCreate', schemas.ClinicCreate, { name: '診療所', identifiers: ['https://x.example|7'] }],
  ['InvitationCreate', schemas.InvitationCreate, { email: user.email, roles: ['DOCTOR'] }],
  [
    'InvitationAccept',
    schemas.InvitationAccept,
    { code: 'x', displayName: user.displayName, password: user.password },
  ],
  ['InvitationAcceptSignedIn', schemas.InvitationAcceptSignedIn, { code: 'x' }],
  ['RegistrationCreate', schemas.RegistrationCreate, { email: user.email, clinicId: id }],
  [
    'RegistrationVerify',
    schemas.RegistrationVerify,
    { code: 'x', displayName: user.displayName, password: user.password },
  ],
  ['PasswordResetRequest', schemas.PasswordResetRequest, { email: user.email }],
  ['PasswordResetConfirm', schemas.PasswordResetConfirm, { code: 'x', newPassword: user.password }],
  ['EmailChange', schemas.EmailChange, { email: user.email }],
  ['EmailConfirm', schemas.EmailConfirm, { code: 'x' }],
  ['UserRoles', schemas.UserRoles, { roles: [] }],
  ['UserStatus', schemas.UserStatus, { status: 'disabled' }],
  ['MeUpdate', schemas.MeUpdate, { displayName: user.displayName }],
  ['PatientCreate', schemas.PatientCreate, patient],
  ['PatientUpdate', schemas.PatientUpdate, { gender: null }],
  ['PatientSearch', schemas.PatientSearch, { ssn: '999-68-8566' }],
  ['PatientAccountLink', schemas.PatientAccountLink, { email: 'ann@example.com' }],
  ['MedicalRecordCreate', schemas.MedicalRecordCreate, record],
  [
    'MedicalRecordCorrection',
    schemas.MedicalRecordCorrection,
    { diagnosis: 'A', treatment: 'B', reason: 'C' },
  ],
  ['PageQuery', schemas.PageQuery, { cursor: 'abc', limit: '10' }],
];

describe.each(requests)('%s', (_, schema, valid) => {
  test('is taken', () => {
    expect(schema.safeParse(valid)).toMatchObject({ success: true });
  });

  test.each(['role', 'clinicId2', '__proto__', 'constructor'])(
    'with a smuggled member %s is refused',
    (member) => {
      const smuggled: unknown = JSON.parse(
        JSON.stringify(valid).replace(/\}$/, `,${JSON.stringify(member)}:{"isAdmin":true}}`),
      );
      expect(schema.safeParse(smuggled).success).toBe(false);
    },
  );

  test.each([null, [], 'x', 7, undefined])('is not %j', (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });

  test('a refusal repeats no value', () => {
    const canary = 'CANARY\u0000951';
    for (const member of Object.keys(valid)) {
      const text = JSON.stringify(schema.safeParse({ ...valid, [member]: canary }).error?.issues ?? []);
      expect(text).not.toContain('CANARY');
    }
  });
});

describe('patients', () => {
  test('a search names exactly one thing', () => {
    const { PatientSearch } = schemas;
    expect(PatientSearch.safeParse({}).success).toBe(false);
    expect(PatientSearch.safeParse({ name: 'Lee', ssn: '999688566' }).success).toBe(false);
    expect(PatientSearch.parse({ identifier: 'https://x.example|7' })).toEqual({
      identifier: 'https://x.example|7',
    });
  });

  test('nobody dies before the birth', () => {
    const died = (deceasedAt: string) => schemas.PatientCreate.safeParse({ ...patient, deceasedAt }).success;
    expect(died('1990-03-31')).toBe(false);
    expect(died('1990-04-01')).toBe(true);
    expect(died('2001-04-01T00:00:00Z')).toBe(true);
    const both = { birthDate: '1990-04-01', deceasedAt: '1980-01-01' };
    expect(schemas.PatientUpdate.safeParse(both).success).toBe(false);
  });

  test('an update that changes nothing is refused', () => {
    expect(schemas.PatientUpdate.safeParse({}).success).toBe(false);
    expect(schemas.PatientUpdate.safeParse({ name: undefined }).success).toBe(false);
  });

  test('the answer cannot hold a whole social security number', () => {
    expect(Object.keys(schemas.Patient.shape)).toContain('ssnLast4');
    expect(Object.keys(schemas.Patient.shape)).not.toContain('ssn');
    expect(schemas.Patient.shape.ssnLast4.safeParse('999688566').success).toBe(false);
  });
});

test('a medical record number is MR and eight digits', () => {
  expect(schemas.MedicalRecordNumber.safeParse('MR00000001').success).toBe(true);
  for (const other of ['MR0000001', 'mr00000001', 'MR000000012', 'MR0000000١', 'MR00000001\n']) {
    expect(schemas.MedicalRecordNumber.safeParse(other).success).toBe(false);
  }
});

test('a visit ends after it starts, whatever the offsets', () => {
  const ends = (visitEnd: string) => schemas.MedicalRecordCreate.safeParse({ ...record, visitEnd }).success;
  expect(ends('2026-01-31T08:30:00Z')).toBe(true);
  expect(ends('2026-01-31T09:29:59+01:00')).toBe(false);
  expect(ends('2026-01-31T09:45:00+02:00')).toBe(false);
  expect(ends('2026-06-30T09:30:00+01:00')).toBe(true);
});

test('roles are named once and never of the platform', () => {
  const { InvitationCreate } = schemas;
  const { email } = user;
  const roles = (...names: string[]) => InvitationCreate.safeParse({ email, roles: names }).success;
  expect([roles(), roles('DOCTOR', 'DOCTOR'), roles('SUPER_ADMIN')]).toEqual([false, false, false]);
});

test('a page has 25 items unless told otherwise, and 1 to 100', () => {
  const { PageQuery } = schemas;
  expect(PageQuery.parse({})).toEqual({ limit: 25 });
  expect(PageQuery.parse({ limit: '100' })).toEqual({ limit: 100 });
  for (const limit of ['0', '101', '-1', '1e1', '0x10', ' 5', '', 2.5, Number.NaN, [5], true]) {
    expect(PageQuery.safeParse({ limit }).success).toBe(false);
  }
  for (const cursor of ['', "' or 1=1", 'a'.repeat(501), 'ä']) {
    expect(PageQuery.safeParse({ cursor }).success).toBe(false);
  }
});

test('a problem may carry members that are not known yet', () => {
  const problem = { type: 'about:blank', title: 'No', status: 403, code: 'x-y', newer: 1 };
  expect(schemas.Problem.parse(problem)).toEqual(problem);
});
