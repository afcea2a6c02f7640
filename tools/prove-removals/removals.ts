import { DATABASE_REMOVALS } from './database-removals.ts';
import { IDENTITY_REMOVALS } from './identity-removals.ts';
import type { Removal } from './removal.ts';
import { SERVER_REMOVALS } from './server-removals.ts';
import { VAULT_REMOVALS } from './vault-removals.ts';

/** Every protection that is taken away, in the order of the published table. */
export const REMOVALS: readonly Removal[] = [
  ...DATABASE_REMOVALS,
  ...SERVER_REMOVALS,
  ...IDENTITY_REMOVALS,
  ...VAULT_REMOVALS,
];
