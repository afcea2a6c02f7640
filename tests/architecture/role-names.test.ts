import { CLINIC_ROLES } from '@careward/access-policy';
import { ClinicRole } from '@careward/api-schema';
import { expect, test } from 'vitest';

test('the API knows exactly the roles that the access policy grants in a clinic', () => {
  expect(ClinicRole.options.toSorted()).toEqual(CLINIC_ROLES.toSorted());
});
