// What a request claims about its sender, as far as this process alone can check it.
//
// Defends: forged, foreign and expired tokens; a bound token without its proof, or shown under the wrong scheme (RFC 9449, 7.1);
// cookies that another site's page made the browser send. Whether the session lives is the store's to say.
import type { AccountId, ClinicId, SessionId } from '@careward/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { authenticationErrors } from '../authentication.errors.ts';
import type { DpopProof, DpopService } from '../tokens/dpop.service.ts';
import type { JwtAuthService } from '../tokens/jwt-auth.service.ts';
import type { LegacyClaims, LegacyTokens } from '../tokens/legacy-tokens.ts';
import { type Credential, readCredential } from './credentials.ts';
import { isSameOrigin } from './same-origin.ts';

/** A claim whose every part our own signature, and the proof where the token is bound, vouch for. */
export interface Claim {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly clinicId: ClinicId | null;
  readonly keyThumbprint: string | null;
  readonly proof: DpopProof | null;
  /** Set for a token of the older issuer, whose session may have to be made first. */
  readonly legacy: LegacyClaims | null;
}

/** What {@link RequestClaims} works with. `legacy` is undefined unless an older issuer is configured. */
export interface ClaimParts {
  readonly tokens: JwtAuthService;
  readonly legacy: LegacyTokens | undefined;
  readonly dpop: DpopService;
  readonly publicOrigin: string;
}

/** Reads and checks the token of a request. */
export class RequestClaims {
  readonly #parts: ClaimParts;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
  }

  /** The claim of a request; undefined when it claims nothing. Throws the refusal of a claim that is not good. */
  read(request: FastifyRequest, reply: FastifyReply): Claim | undefined {
    const credential = readCredential(request.headers);
    if (credential.scheme === 'none') return undefined;
    if (credential.scheme === 'several') throw authenticationErrors.error('authentication-required');
    if (credential.scheme === 'cookie') this.#rejectForeignPage(request);
    const { legacy } = this.#parts;
    if (legacy?.looksLike(credential.token)) return legacyClaim(legacy.verify(credential.token), credential);
    return this.#currentClaim(request, reply, credential);
  }

  #currentClaim(request: FastifyRequest, reply: FastifyReply, { scheme, token }: Presented): Claim {
    const claims = this.#parts.tokens.verify(token);
    const keyThumbprint = claims.cnf?.jkt ?? null;
    if ((scheme === 'bearer') !== (keyThumbprint === null) && scheme !== 'cookie') {
      throw authenticationErrors.error('authentication-token-invalid', { detail: `shown as ${scheme}` });
    }
    // No script can read a cookie's token, so a page cannot name it in its proof (`ath`): key, method, address and nonce it can.
    const shown = scheme === 'cookie' ? null : token;
    const proof = keyThumbprint === null ? null : this.#parts.dpop.check(request, reply, shown);
    if (proof !== null && proof.keyThumbprint !== keyThumbprint) {
      throw authenticationErrors.error('authentication-proof-invalid', { detail: 'proof of another key' });
    }
    const { sub: accountId, sid: sessionId, clinic_id: clinicId = null } = claims;
    return { accountId, sessionId, clinicId, keyThumbprint, proof, legacy: null };
  }

  #rejectForeignPage({ method, headers }: FastifyRequest): void {
    if (isSameOrigin(method, headers, this.#parts.publicOrigin)) return;
    throw authenticationErrors.error('authentication-cross-site');
  }
}

type Presented = Extract<Credential, { token: string }>;

function legacyClaim(legacy: LegacyClaims, { scheme }: Presented): Claim {
  if (scheme !== 'bearer') throw authenticationErrors.error('authentication-token-invalid');
  const { accountId, sessionId } = legacy;
  return { accountId, sessionId, clinicId: null, keyThumbprint: null, proof: null, legacy };
}
