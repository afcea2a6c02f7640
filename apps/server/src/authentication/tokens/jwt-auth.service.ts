// Access tokens: compact JWS, EdDSA over Ed25519 (RFC 7515, RFC 8037, RFC 9068), minutes of life.
//
// Defends: forged, altered, foreign and expired tokens; tokens of a key that was withdrawn, from that moment on, remembered or not; a
// bound token in other hands, because it names the key whose proof has to come along (RFC 9449, 6).
// Does not tell whether the session still lives: the gate asks the session store for that, on every request.
import { hash, randomUUID, sign } from 'node:crypto';
import type { AccountId, ClinicId, Clock, SessionId } from '@careward/kernel';
import { LRUCache } from 'lru-cache';
import { authenticationErrors } from '../authentication.errors.ts';
import {
  accessTokenClaims,
  accessTokenHeader,
  CLOCK_TOLERANCE_SECONDS,
  MAX_TOKEN_LENGTH,
  TOKEN_AUDIENCE,
  TOKEN_ISSUER,
  type TokenClaims,
} from './access-token.ts';
import { parseJsonObject } from './strict-json.ts';
import { parseJws, verifyJws } from './strict-jws.ts';
import type { TokenKey } from './token-key.ts';

/** The keys of access tokens as they stand at this moment. */
export interface TokenKeys {
  /** The key that signs now. */
  signing(): TokenKey;
  /** The key of this name, while its tokens count. */
  find(keyId: string): TokenKey | undefined;
}

/** For whom a token is made. `clinicId` is a wish of its owner, not a right; `keyThumbprint` binds the token to a key. */
export interface TokenSubject {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly clinicId: ClinicId | null;
  readonly keyThumbprint: string | null;
}

interface Verified {
  readonly claims: TokenClaims;
  readonly key: TokenKey;
}

/** Signs and verifies access tokens. */
export class JwtAuthService {
  readonly #keys: TokenKeys;
  readonly #clock: Clock;
  readonly #lifetimeSeconds: number;
  readonly #verified = new LRUCache<string, Verified>({ max: 10_000 });

  constructor(keys: TokenKeys, clock: Clock, lifetimeSeconds: number) {
    this.#keys = keys;
    this.#clock = clock;
    this.#lifetimeSeconds = lifetimeSeconds;
  }

  /** A new access token of a session; its lifetime in seconds. */
  issue({ accountId, sessionId, clinicId, keyThumbprint }: TokenSubject): {
    token: string;
    expiresIn: number;
  } {
    const iat = Math.floor(this.#clock.now() / 1_000);
    const claims = {
      iss: TOKEN_ISSUER,
      aud: TOKEN_AUDIENCE,
      sub: accountId,
      sid: sessionId,
      jti: randomUUID(),
      iat,
      exp: iat + this.#lifetimeSeconds,
      ...(clinicId !== null && { clinic_id: clinicId }),
      ...(keyThumbprint !== null && { cnf: { jkt: keyThumbprint } }),
    };
    const { keyId, privateKey } = this.#keys.signing();
    const signed = `${encode({ alg: 'EdDSA', typ: 'at+jwt', kid: keyId })}.${encode(claims)}`;
    const signature = sign(null, Buffer.from(signed), privateKey).toString('base64url');
    return { token: `${signed}.${signature}`, expiresIn: this.#lifetimeSeconds };
  }

  /** The claims of a valid token; anything else is refused as `authentication-token-invalid`. */
  verify(token: string): TokenClaims {
    if (token.length > MAX_TOKEN_LENGTH) throw invalid('too long');
    const digest = hash('sha256', token, 'base64url');
    const verified = this.#remembered(digest) ?? this.#verifySignature(token);
    rejectExpired(verified.claims, this.#clock.now());
    this.#verified.set(digest, verified);
    return verified.claims;
  }

  /** Only while the very key that verified it still counts. */
  #remembered(digest: string): Verified | undefined {
    const verified = this.#verified.get(digest);
    if (verified === undefined || this.#keys.find(verified.key.keyId) !== undefined) return verified;
    this.#verified.delete(digest);
    throw invalid('key withdrawn');
  }

  #verifySignature(token: string): Verified {
    const parsed = parseJws(token, MAX_TOKEN_LENGTH);
    if (parsed === undefined) throw invalid('not a compact JWS');
    const header = accessTokenHeader.safeParse(parsed.header);
    if (!header.success) throw invalid('header not as issued');
    const key = this.#keys.find(header.data.kid);
    if (key === undefined) throw invalid('unknown key');
    if (!verifyJws(parsed, key.verifier)) throw invalid('signature wrong');
    const claims = accessTokenClaims.safeParse(parseJsonObject(parsed.payload));
    if (!claims.success) throw invalid('claims not as issued');
    return { claims: claims.data as TokenClaims, key };
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function rejectExpired(claims: TokenClaims, nowMs: number): void {
  const now = Math.floor(nowMs / 1_000);
  if (now >= claims.exp) throw invalid('expired');
  if (now + CLOCK_TOLERANCE_SECONDS < claims.iat) throw invalid('issued in the future');
}

function invalid(detail: string): Error {
  return authenticationErrors.error('authentication-token-invalid', { detail });
}
