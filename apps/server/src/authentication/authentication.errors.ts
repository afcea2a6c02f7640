import { errorTable } from '@careward/kernel';

/** Refusals of sign-in, tokens and sessions. The public messages never tell whether an account exists. */
export const authenticationErrors = errorTable({
  'authentication-required': {
    category: 'unauthenticated',
    publicMessage: 'Sign in first: this route needs an access token, in one place only.',
  },
  'authentication-token-invalid': {
    category: 'unauthenticated',
    publicMessage: 'The access token is not valid. Refresh it or sign in again.',
  },
  'authentication-proof-invalid': {
    category: 'unauthenticated',
    publicMessage: 'The DPoP proof does not fit this request, its token or its key.',
  },
  'authentication-proof-nonce-needed': {
    category: 'unauthenticated',
    publicMessage: 'Make the DPoP proof again, with the nonce of the DPoP-Nonce header.',
  },
  'authentication-session-ended': {
    category: 'unauthenticated',
    publicMessage: 'The session has ended. Sign in again.',
  },
  'authentication-cross-site': {
    category: 'forbidden',
    publicMessage: 'The request was made by a page of another site.',
  },
  'authentication-proof-needed': {
    category: 'unauthenticated',
    publicMessage: 'Prove once more who you are: POST /api/v1/auth/reauthenticate.',
  },
  'authentication-proof-incomplete': {
    category: 'invalid-input',
    publicMessage: 'Prove yourself with everything you sign in with: password and code, or a passkey.',
  },
  'authentication-second-factor-needed': {
    category: 'unauthenticated',
    publicMessage: 'Your roles ask for a second factor. Sign in again with one.',
  },
  'authentication-key-required': {
    category: 'unauthenticated',
    publicMessage: 'People with these roles sign in with a key of their client (DPoP) only.',
  },
  'session-cap-reached': {
    category: 'conflict',
    publicMessage: 'There are as many sessions of this account as it may have. End one of them first.',
  },
  'session-not-found': {
    category: 'not-found',
    publicMessage: 'There is no such session of yours.',
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
  'authentication-locked': {
    category: 'rate-limited',
    publicMessage: 'Too many failed attempts. Wait before the next one.',
  },
  'authentication-code-wrong': {
    category: 'unauthenticated',
    publicMessage: 'The code is wrong, or has been used already.',
  },
  'authentication-challenge-invalid': {
    category: 'unauthenticated',
    publicMessage: 'This step of the sign-in is over, or belongs to another client. Begin again.',
  },
  'second-factor-required-by-role': {
    category: 'conflict',
    publicMessage: 'A role of this account needs a second factor: add another one before removing the last.',
  },
  'second-factor-not-found': {
    category: 'not-found',
    publicMessage: 'There is no such second factor.',
  },
  'second-factor-present': {
    category: 'conflict',
    publicMessage: 'There is an authenticator app already. Remove it before adding another one.',
  },
  'second-factor-removal-refused': {
    category: 'forbidden',
    publicMessage:
      'Second factors are removed by an administrator of the only clinic of that person, and never by themselves.',
  },
  'known-device-not-found': {
    category: 'not-found',
    publicMessage: 'There is no such device.',
  },
  'password-too-short': {
    category: 'invalid-input',
    publicMessage: 'The password is too short.',
  },
  'password-too-long': {
    category: 'invalid-input',
    publicMessage: 'The password is too long.',
  },
  'password-known': {
    category: 'invalid-input',
    publicMessage: 'The password is on a list of passwords that guessers try first. Choose another one.',
  },
  'password-guessable': {
    category: 'invalid-input',
    publicMessage: 'The password is made of what others know or can guess. Choose another one.',
  },
  'password-composition': {
    category: 'invalid-input',
    publicMessage: 'The password lacks a kind of character that is asked for.',
  },
});
