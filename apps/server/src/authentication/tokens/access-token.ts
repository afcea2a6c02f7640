import type { AccountId, ClinicId, SessionId } from '@careward/kernel';
import * as z from 'zod';

/** Issuer and audience of every access token. */
export const TOKEN_ISSUER = 'healthcare-system';
export const TOKEN_AUDIENCE = 'healthcare-users';

/** Longest token that is looked at, in characters. */
export const MAX_TOKEN_LENGTH = 2_048;
/** How far the clock of the process that issued a token may be ahead. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** What an access token says (RFC 7519). Times are seconds since the epoch. */
export interface TokenClaims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: AccountId;
  readonly sid: SessionId;
  readonly jti: string;
  readonly iat: number;
  readonly exp: number;
  readonly clinic_id?: ClinicId;
  /** RFC 7638 thumbprint of the key that a proof has to be made with; absent on a bearer token. */
  readonly cnf?: { readonly jkt: string };
}

/** The header of an access token; nothing else is a member. */
export const accessTokenHeader = z.strictObject({
  alg: z.literal('EdDSA'),
  typ: z.literal('at+jwt'),
  kid: z.string(),
});
/** The claims of an access token; nothing else is a member. */
export const accessTokenClaims = z.strictObject({
  iss: z.literal(TOKEN_ISSUER),
  aud: z.literal(TOKEN_AUDIENCE),
  sub: z.uuid(),
  sid: z.uuid(),
  jti: z.uuid(),
  iat: z.int(),
  exp: z.int(),
  clinic_id: z.uuid().optional(),
  cnf: z.strictObject({ jkt: z.string().regex(/^[A-Za-z0-9_-]{43}$/) }).optional(),
});
