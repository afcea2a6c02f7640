import { errorTable } from '@careward/kernel';

/** Refusals of sign-in, tokens and sessions. The public messages never tell whether an account exists. */
export const authenticationErrors = errorTable({
  'authentication-required': {
    category: 'unauthenticated',
    publicMessage: 'Sign in first: this route needs a bearer access token.',
  },
  'authentication-token-invalid': {
    category: 'unauthenticated',
    publicMessage: 'The access token is not valid. Refresh it or sign in again.',
  },
  'authentication-session-ended': {
    category: 'unauthenticated',
    publicMessage: 'The session has ended. Sign in again.',
  },
  'authentication-failed': {
    category: 'unauthenticated',
    publicMessage: 'E-mail address or password is wrong.',
  },
  'authentication-refresh-refused': {
    category: 'unauthenticated',
    publicMessage: 'The refresh token is not valid. Sign in again.',
  },
  'authentication-busy': {
    category: 'unavailable',
    publicMessage: 'Too many people are signing in at this moment. Try again in a few seconds.',
  },
});
