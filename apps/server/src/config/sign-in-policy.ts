import {
  DEFAULT_BEARER_ROLES,
  DEFAULT_SECOND_FACTOR_ROLES,
  isRole,
  ROLES,
  type Role,
} from '@careward/access-policy';
import { concern } from './concern.ts';
import { list } from './fields.ts';

/** Which roles have to prove themselves how, where the operator decides. Lists in the order of `ROLES`. */
export interface SignInPolicyConfiguration {
  /** A person who holds one of these roles needs a second factor. */
  readonly secondFactorRoles: readonly Role[];
  /** A person all of whose roles are among these may hold a bearer token. */
  readonly bearerRoles: readonly Role[];
}

/** Reads {@link SignInPolicyConfiguration}. */
export const signInPolicyConcern = concern(
  {
    CAREWARD_SECOND_FACTOR_ROLES: roles(DEFAULT_SECOND_FACTOR_ROLES),
    CAREWARD_BEARER_ROLES: roles(DEFAULT_BEARER_ROLES),
  },
  (values): SignInPolicyConfiguration => ({
    secondFactorRoles: values.CAREWARD_SECOND_FACTOR_ROLES,
    bearerRoles: values.CAREWARD_BEARER_ROLES,
  }),
);

/** Names of roles, or the word `none` alone. */
function roles(preset: readonly Role[]) {
  return list(
    (entry) => entry === 'none' || isRole(entry),
    'must be names of roles divided by commas, or the word none; docs/access-policy.md lists them',
  )
    .refine((entries) => entries.length === 1 || !entries.includes('none'), {
      error: 'says none beside names of roles; keep one of the two',
    })
    .transform((entries) => ROLES.filter((role) => entries.includes(role)))
    .default([...preset]);
}
