// Access tokens of the system that people come from: HS256 under a shared secret, until a date.
//
// Defends current tokens from being taken for older ones and the other way round: the algorithm is pinned on both sides, a header that
// says more than the older system wrote is refused, and a published key is no secret. Defends against an older token that outlives
// the migration: whatever it says, it ends with it.
// Does not tell whether the account exists or is active; the gate has the database say that before anything is believed.
import { createSecretKey, hash } from 'node:crypto';
import { type AccountId, asAccountId, type Clock, type SessionId } from '@careward/kernel';
import * as z from 'zod';
import { authenticationErrors } from '../authentication.errors.ts';
import { parseJsonObject } from './strict-json.ts';
import { JwsKey, parseJws, verifyJws } from './strict-jws.ts';

/** The older issuer. `until`: epoch milliseconds from which none of its tokens counts. */
export interface LegacyIssuerPlan {
  readonly secret: Buffer;
  readonly issuer: string;
  readonly audience: string;
  readonly until: number;
}

/** What an older token is taken for. */
export interface LegacyClaims {
  readonly accountId: AccountId;
  /** The same for the same token, and for no other. */
  readonly sessionId: SessionId;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

const MAX_TOKEN_LENGTH = 4_096;
const CLOCK_TOLERANCE_SECONDS = 5;
const LEGACY_ALGORITHM = 'HS256';

const headerSchema = z.strictObject({ alg: z.literal(LEGACY_ALGORITHM), typ: z.literal('JWT').optional() });
const claimsSchema = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string()).max(20)]),
  sub: z.uuid(),
  iat: z.number(),
  exp: z.number(),
  nbf: z.number().optional(),
});
type Claims = z.infer<typeof claimsSchema>;

/** Verifies tokens of the older issuer. */
export class LegacyTokens {
  readonly #plan: Omit<LegacyIssuerPlan, 'secret'>;
  readonly #key: JwsKey;
  readonly #clock: Clock;

  /** Throws when the secret is too short, or in truth a published key. */
  constructor({ secret, ...plan }: LegacyIssuerPlan, clock: Clock) {
    const key = JwsKey.of(LEGACY_ALGORITHM, createSecretKey(secret));
    if (key === undefined) throw new TypeError('no secret for HS256');
    this.#key = key;
    this.#plan = plan;
    this.#clock = clock;
  }

  /** Whether a token says that it is of the older kind: by its algorithm, which current tokens never have. Verifies nothing. */
  looksLike(token: string): boolean {
    return parseJws(token, MAX_TOKEN_LENGTH)?.header.alg === LEGACY_ALGORITHM;
  }

  /** Whom a valid token names; anything else is refused as `authentication-token-invalid`. */
  verify(token: string): LegacyClaims {
    const now = this.#clock.now();
    if (now >= this.#plan.until) throw invalid('the older tokens have ended');
    const claims = this.#claimsOf(token);
    if (claims.iss !== this.#plan.issuer) throw invalid('another issuer');
    if (![claims.aud].flat().includes(this.#plan.audience)) throw invalid('another audience');
    rejectOtherTime(claims, now / 1_000);
    const expiresAt = Math.min(claims.exp * 1_000, this.#plan.until);
    return { accountId: asAccountId(claims.sub), sessionId: sessionIdOf(token), expiresAt };
  }

  #claimsOf(token: string): Claims {
    const parsed = parseJws(token, MAX_TOKEN_LENGTH);
    if (parsed === undefined) throw invalid('not a compact JWS');
    if (!headerSchema.safeParse(parsed.header).success) throw invalid('header not of the older issuer');
    if (!verifyJws(parsed, this.#key)) throw invalid('signature wrong');
    const claims = claimsSchema.safeParse(parseJsonObject(parsed.payload));
    if (!claims.success) throw invalid('claims not of the older issuer');
    return claims.data;
  }
}

function rejectOtherTime({ iat, nbf, exp }: Claims, now: number): void {
  if (now >= exp) throw invalid('expired');
  if (now + CLOCK_TOLERANCE_SECONDS < Math.max(iat, nbf ?? iat)) throw invalid('of the future');
}

/** A UUID of version 8 (RFC 9562, 5.8) made of the token's digest: nobody can choose another session's. */
function sessionIdOf(token: string): SessionId {
  const bytes = hash('sha256', token, 'buffer').subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as SessionId;
}

function invalid(detail: string): Error {
  return authenticationErrors.error('authentication-token-invalid', { detail: `older token: ${detail}` });
}
