import { errorTable } from '@careward/kernel';

/**
 * Refusals about other identity providers. None tells whether an e-mail address or an identity has an account here; which check of
 * an answer failed would help only whoever forges one.
 */
export const openidErrors = errorTable({
  'openid-provider-unknown': {
    category: 'not-found',
    publicMessage: 'This server has no identity provider of that name.',
  },
  'openid-provider-unavailable': {
    category: 'unavailable',
    publicMessage: 'The identity provider does not answer as it should. Sign in another way or try later.',
  },
  'openid-transaction-refused': {
    category: 'unauthenticated',
    publicMessage: 'This attempt is too old, was used, or was begun elsewhere. Begin again.',
  },
  'openid-answer-refused': {
    category: 'unauthenticated',
    publicMessage: 'The answer of the identity provider was not accepted. Begin again.',
  },
  'openid-not-linked': {
    category: 'unauthenticated',
    publicMessage:
      'This identity opens no account here. Sign in another way, then link it under your own account.',
  },
  'openid-link-refused': {
    category: 'forbidden',
    publicMessage:
      'The identity provider has to confirm the e-mail address of your own account, and did not.',
  },
  'openid-already-linked': {
    category: 'conflict',
    publicMessage: 'This identity is linked already.',
  },
  'openid-identity-not-found': {
    category: 'not-found',
    publicMessage: 'Your account has no identity of that provider.',
  },
  'openid-last-way': {
    category: 'conflict',
    publicMessage: 'Nothing else would let you in. Add a password or a passkey first.',
  },
});
