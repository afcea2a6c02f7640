import { errorTable } from '@careward/kernel';

/** Refusals about passkeys. Whatever is wrong with a passkey is one code: which check failed would help only whoever forges one. */
export const passkeyErrors = errorTable({
  'passkey-refused': {
    category: 'unauthenticated',
    publicMessage: 'The passkey was not accepted. Start again.',
  },
  'passkey-not-found': {
    category: 'not-found',
    publicMessage: 'Your account has no such passkey.',
  },
  'passkey-last-factor': {
    category: 'conflict',
    publicMessage:
      'This is the last second factor of your account, and your role needs one. Add another first.',
  },
  'passkey-limit-reached': {
    category: 'conflict',
    publicMessage: 'Your account has as many passkeys as it may. Remove one first.',
  },
});
