import { errorTable } from '@careward/kernel';

/** Failures of the keys that sign access tokens; met by the operator. */
export const tokenKeyErrors = errorTable({
  'token-key-unusable': {
    category: 'internal',
    publicMessage: 'The keys of access tokens cannot be used.',
  },
});
