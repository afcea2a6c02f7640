import { z } from 'zod';

/** Asks for another key of access tokens. */
export const TokenKeyRotationRequest = z.strictObject({ withdraw: z.boolean().default(false) }).meta({
  id: 'TokenKeyRotationRequest',
  description:
    'Another key signs access tokens; with `withdraw` at once, and nothing the others signed counts.',
});
export type TokenKeyRotationRequest = z.infer<typeof TokenKeyRotationRequest>;

/** The key that signs next. */
export const TokenKeyRotated = z
  .strictObject({
    /** False: another key was on its way already, and this is it. */
    rotated: z.boolean(),
    keyId: z.string(),
    signsFrom: z.iso.datetime(),
  })
  .meta({ id: 'TokenKeyRotated', description: 'The newest key of access tokens, and from when it signs.' });
export type TokenKeyRotated = z.infer<typeof TokenKeyRotated>;

/** The public keys of access tokens (RFC 7517, 5). */
export const TokenKeySet = z
  .strictObject({
    keys: z.array(
      z.strictObject({
        kty: z.literal('OKP'),
        crv: z.literal('Ed25519'),
        x: z.string(),
        kid: z.string(),
        use: z.literal('sig'),
        alg: z.literal('EdDSA'),
      }),
    ),
  })
  .meta({ id: 'TokenKeySet', description: 'The public keys that verify access tokens (RFC 7517).' });
export type TokenKeySet = z.infer<typeof TokenKeySet>;
