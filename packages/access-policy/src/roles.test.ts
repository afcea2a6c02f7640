import { expect, test } from 'vitest';
import { CLINIC_ROLES, isRole, ROLES } from './index.ts';

test('a role is known by its exact name only', () => {
  for (const role of ROLES) expect(isRole(role)).toBe(true);
  for (const other of ['doctor', 'DOCTOR ', '', 'ADMIN', null, 3, ['DOCTOR']])
    expect(isRole(other)).toBe(false);
});

test('a membership can carry every role but that of the platform', () => {
  expect([...CLINIC_ROLES, 'SUPER_ADMIN'].toSorted()).toEqual(ROLES.toSorted());
});
