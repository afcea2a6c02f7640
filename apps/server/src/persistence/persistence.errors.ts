import { errorTable } from '@careward/kernel';

const internal = { category: 'internal', publicMessage: 'The request could not be completed.' } as const;
const unavailable = {
  category: 'unavailable',
  publicMessage: 'The service cannot reach its data at the moment. Try again shortly.',
} as const;

/** What can go wrong between a repository and the database. */
export const persistenceErrors = errorTable({
  'persistence-unavailable': unavailable,
  'persistence-timeout': unavailable,
  'persistence-not-migrated': unavailable,
  'persistence-conflict': {
    category: 'conflict',
    publicMessage: 'Somebody else changed the same data at the same time. Try again.',
  },
  'persistence-constraint': {
    category: 'conflict',
    publicMessage: 'The change conflicts with data that already exists.',
  },
  'idempotency-key-reused': {
    category: 'unprocessable',
    publicMessage: 'This Idempotency-Key was used for a different request. Use a new one.',
  },
  'persistence-key-missing': { category: 'internal', publicMessage: 'The request could not be completed.' },
  'persistence-value-rejected': {
    category: 'unprocessable',
    publicMessage: 'A value is outside what can be stored.',
  },
  'persistence-refused': { category: 'forbidden', publicMessage: 'You may not do this.' },
  'persistence-statement-failed': internal,
  'persistence-parameter-unsupported': internal,
  'persistence-build-only': internal,
  'persistence-nested-use': internal,
  'persistence-transaction-finished': internal,
  'persistence-transaction-rolled-back': internal,
  'persistence-login-refused': internal,
  'persistence-login-privileged': internal,
  'persistence-schema-newer': internal,
  'persistence-migration-changed': internal,
  'persistence-migration-failed': internal,
});
