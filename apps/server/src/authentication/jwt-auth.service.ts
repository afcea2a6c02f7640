// Access tokens: compact JWS, EdDSA over Ed25519 (RFC 7515, RFC 8037), minutes of life.
//
// Defends: forged, altered, foreign and expired tokens; algorithm confusion, because the algorithm is ours and the header must
// say exactly the same; two spellings of one token, by canonical base64url.
// Does not tell whether the session still lives: JwtAuthGuard asks the session store for that, on every request.
import { hash, type KeyObject, randomUUID, sign, verify } from 'node:crypto';
import type { AccountId, ClinicId, Clock, SessionId } from '@careward/kernel';
import { LRUCache } from 'lru-cache';
import * as z from 'zod';
import { authenticationErrors } from './authentication.errors.ts';
import { decodeCanonicalBase64Url } from './base64url.ts';

/** Issuer and audience of every access token. */
const TOKEN_ISSUER = 'healthcare-system';
const TOKEN_AUDIENCE = 'healthcare-users';

/** Longest token that is looked at, in characters. */
const MAX_TOKEN_LENGTH = 2_048;
const CLOCK_TOLERANCE_SECONDS = 5;

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
}

const headerSchema = z.strictObject({ alg: z.literal('EdDSA'), typ: z.literal('at+jwt'), kid: z.string() });
const claimsSchema = z.strictObject({
  iss: z.literal(TOKEN_ISSUER),
  aud: z.literal(TOKEN_AUDIENCE),
  sub: z.uuid(),
  sid: z.uuid(),
  jti: z.uuid(),
  iat: z.int(),
  exp: z.int(),
  clinic_id: z.uuid().optional(),
});

/** The key pair that signs access tokens. */
export interface TokenSigningKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Signs and verifies access tokens. */
export class JwtAuthService {
  readonly #key: TokenSigningKey;
  readonly #clock: Clock;
  readonly #lifetimeSeconds: number;
  readonly #verified = new LRUCache<string, TokenClaims>({ max: 10_000 });

  constructor(key: TokenSigningKey, clock: Clock, lifetimeSeconds: number) {
    this.#key = key;
    this.#clock = clock;
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  /** A new access token of a session. `clinicId` is a wish of its owner, not a right. */
  issue(
    accountId: AccountId,
    sessionId: SessionId,
    clinicId: ClinicId | null,
  ): { token: string; expiresIn: number } {
    const iat = Math.floor(this.#clock.now() / 1_000);
    const exp = iat + this.#lifetimeSeconds;
    const claims = {
      iss: TOKEN_ISSUER,
      aud: TOKEN_AUDIENCE,
      sub: accountId,
      sid: sessionId,
      jti: randomUUID(),
      iat,
      exp,
    };
    const body = clinicId === null ? claims : { ...claims, clinic_id: clinicId };
    const header = { alg: 'EdDSA', typ: 'at+jwt', kid: this.#key.keyId };
    const signed = `${encode(header)}.${encode(body)}`;
    const signature = sign(null, Buffer.from(signed), this.#key.privateKey).toString('base64url');
    return { token: `${signed}.${signature}`, expiresIn: this.#lifetimeSeconds };
  }

  /** The claims of a valid token; anything else is refused as `authentication-token-invalid`. */
  verify(token: string): TokenClaims {
    const cacheKey = hash('sha256', token, 'base64url');
    const claims = this.#verified.get(cacheKey) ?? this.#verifySignature(token);
    rejectExpired(claims, this.#clock.now());
    this.#verified.set(cacheKey, claims);
    return claims;
  }

  #verifySignature(token: string): TokenClaims {
    const [header, body, signature, ...rest] = token.length > MAX_TOKEN_LENGTH ? [] : token.split('.');
    if (header === undefined || body === undefined || signature === undefined || rest.length > 0) {
      throw invalid('not a compact JWS');
    }
    if (parse(header, headerSchema).kid !== this.#key.keyId) throw invalid('unknown key');
    const bytes = decodeCanonicalBase64Url(signature);
    if (bytes?.length !== 64) throw invalid('signature malformed');
    if (!verify(null, Buffer.from(`${header}.${body}`), this.#key.publicKey, bytes))
      throw invalid('signature wrong');
    return parse(body, claimsSchema) as TokenClaims;
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function parse<S extends z.ZodType>(part: string, schema: S): z.infer<S> {
  const bytes = decodeCanonicalBase64Url(part);
  if (bytes === undefined) throw invalid('not canonical base64url');
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw invalid('header or claims not as issued', cause);
  }
}

function rejectExpired(claims: TokenClaims, nowMs: number): void {
  const now = Math.floor(nowMs / 1_000);
  if (now >= claims.exp) throw invalid('expired');
  if (now + CLOCK_TOLERANCE_SECONDS < claims.iat) throw invalid('issued in the future');
}

function invalid(detail: string, cause?: unknown): Error {
  return authenticationErrors.error('authentication-token-invalid', { detail, cause });
}
