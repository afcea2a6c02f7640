import { z } from 'zod';
import { TokenResponse } from './authentication.ts';
import { passwordText } from './text.ts';

const Challenge = z.string().min(1).max(200);
const OneTimeCode = z.string().regex(/^\d{6}$/, 'must be six digits');
const RecoveryCode = z.string().min(1).max(100);

/** What a sign-in may be completed with. */
export const SecondFactorKind = z
  .enum(['totp', 'recovery-code', 'passkey'])
  .meta({ id: 'SecondFactorKind', description: 'A kind of second factor.' });
export type SecondFactorKind = z.infer<typeof SecondFactorKind>;

/** Codes to be kept on paper; shown this once. */
const RecoveryCodeList = z.array(z.string());

/**
 * How far a sign-in has come. `signed-in`: the tokens, a token by which this device is known again, and new recovery codes where a
 * factor was added on the way. A browser gets tokens and device token as cookies. `second-factor-required` and `enrolment-required`:
 * the sign-in goes on with the challenge, by the same client, within `expiresIn` seconds.
 */
export const SignInResult = z
  .discriminatedUnion('status', [
    z.strictObject({
      status: z.literal('signed-in'),
      ...TokenResponse.shape,
      deviceToken: z.string().optional(),
      recoveryCodes: RecoveryCodeList.optional(),
    }),
    z.strictObject({
      status: z.literal('second-factor-required'),
      challenge: Challenge,
      factors: z.array(SecondFactorKind),
      expiresIn: z.int().positive(),
    }),
    z.strictObject({
      status: z.literal('enrolment-required'),
      challenge: Challenge,
      expiresIn: z.int().positive(),
    }),
  ])
  .meta({ id: 'SignInResult', description: 'Tokens, or what is still needed.' });
export type SignInResult = z.infer<typeof SignInResult>;

/** Completes a sign-in with a code of the authenticator app or a recovery code: one of the two. */
export const SecondFactorProof = z
  .union([
    z.strictObject({ challenge: Challenge, code: OneTimeCode }),
    z.strictObject({ challenge: Challenge, recoveryCode: RecoveryCode }),
  ])
  .meta({ id: 'SecondFactorProof', description: 'A one-time code or a recovery code for a challenge.' });
export type SecondFactorProof = z.infer<typeof SecondFactorProof>;

/** Begins to add an authenticator app within a sign-in. */
export const EnrolmentBegin = z
  .strictObject({ challenge: Challenge })
  .meta({ id: 'EnrolmentBegin', description: 'The challenge of a sign-in that needs a second factor.' });
export type EnrolmentBegin = z.infer<typeof EnrolmentBegin>;

/** Ends it: the first code of the app. */
export const EnrolmentConfirm = z
  .strictObject({ challenge: Challenge, code: OneTimeCode })
  .meta({ id: 'EnrolmentConfirm', description: 'The first code of the authenticator app.' });
export type EnrolmentConfirm = z.infer<typeof EnrolmentConfirm>;

/** Proves the signed-in person once more: by everything that they sign in with. Who has an authenticator app sends both. */
export const Reauthentication = z
  .strictObject({ password: passwordText(1).optional(), code: OneTimeCode.optional() })
  .refine(({ password, code }) => password !== undefined || code !== undefined, 'must hold password or code')
  .meta({
    id: 'Reauthentication',
    description: 'The own password, and a one-time code where there is an app.',
  });
export type Reauthentication = z.infer<typeof Reauthentication>;
