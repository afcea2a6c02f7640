// Proofs of possession (RFC 9449): whoever shows a bound token also shows, request by request, that they hold its key.
//
// Defends: stolen access and refresh tokens, which are worth nothing without the key; proofs that were taken from another request, server,
// token or time. The address that a proof has to name comes from the configuration, never from the Host header.
// Does not remember proofs: `id` is for the store, which takes each once. Does not compare the key with the token's: the gate does.
import { createHash } from 'node:crypto';
import type { CarewardError, Clock } from '@careward/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import { authenticationErrors } from '../authentication.errors.ts';
import type { DpopNonces } from './dpop-nonce.ts';
import { PROOF_ALGORITHMS, type ProofKey, ProofKeys } from './proof-key.ts';
import { parseJsonObject } from './strict-json.ts';
import { type ParsedJws, parseJws, verifyJws } from './strict-jws.ts';
import { normalTargetUri } from './target-uri.ts';

/** A proof whose every part fits its request. */
export interface DpopProof {
  /** RFC 7638 thumbprint of the key. */
  readonly keyThumbprint: string;
  /** One for each key and `jti`: a proof whose id was seen before is a replay. */
  readonly id: string;
  /** Epoch milliseconds, by the client's clock. */
  readonly issuedAt: number;
  /** For how long the id has to be remembered, in milliseconds: afterwards the proof is too old anyway. */
  readonly livesMs: number;
}

/** What a proof has to be made for. `url` as the request line has it; `accessToken` null where none is shown. */
export interface ProvenRequest {
  readonly method: string;
  readonly url: string;
  readonly accessToken: string | null;
}

const MAX_PROOF_LENGTH = 2_048;
const OLDEST_MS = 60_000;
const FUTURE_MS = 5_000;

const headerSchema = z.object({
  typ: z.literal('dpop+jwt'),
  alg: z.enum(PROOF_ALGORITHMS),
  jwk: z.unknown(),
});
const claimsSchema = z.object({
  jti: z.string().min(8).max(128),
  htm: z.string(),
  htu: z.string().max(MAX_PROOF_LENGTH),
  iat: z.number(),
  ath: z.string().optional(),
  nonce: z.string().optional(),
});
type ProofClaims = z.infer<typeof claimsSchema>;

/** Checks proofs. */
export class DpopService {
  readonly #keys = new ProofKeys();
  readonly #nonces: DpopNonces;
  readonly #clock: Clock;
  readonly #publicOrigin: string;

  constructor(nonces: DpopNonces, clock: Clock, publicUrl: string) {
    this.#nonces = nonces;
    this.#clock = clock;
    this.#publicOrigin = new URL(publicUrl).origin;
  }

  /**
   * The proof of a request, or `authentication-proof-invalid` or `authentication-proof-nonce-needed`. A client whose nonce is not the
   * newest gets that with the answer.
   */
  check(request: FastifyRequest, reply: FastifyReply, accessToken: string | null): DpopProof {
    const headers = request.raw.headersDistinct.dpop ?? [];
    const { proof, nonce } = this.examine(headers, { method: request.method, url: request.url, accessToken });
    if (nonce !== 'newest') reply.header('dpop-nonce', this.#nonces.newest());
    return proof;
  }

  /** The nonce for the next proof. */
  newestNonce(): string {
    return this.#nonces.newest();
  }

  /** What {@link check} does, for header values and a request that are given one by one. Cheap checks come first. */
  examine(
    headers: readonly string[],
    request: ProvenRequest,
  ): { readonly proof: DpopProof; readonly nonce: 'newest' | 'good' } {
    const parsed = parseOne(headers);
    const key = this.#keyOf(parsed);
    const claims = claimsOf(parsed);
    const now = this.#clock.now();
    rejectOtherRequest(claims, request, this.#publicOrigin);
    rejectOtherTime(claims, now);
    rejectOtherToken(claims, request.accessToken);
    const nonce = claims.nonce === undefined ? 'refused' : this.#nonces.judge(claims.nonce);
    if (nonce === 'refused') throw authenticationErrors.error('authentication-proof-nonce-needed');
    if (!verifyJws(parsed, key.key)) throw invalid('signature wrong');
    return { proof: proofOf(key, claims, now), nonce };
  }

  #keyOf({ header }: ParsedJws): ProofKey {
    const known = headerSchema.safeParse(header);
    if (!known.success) throw invalid('header is not that of a proof');
    const key = this.#keys.read(known.data.alg, known.data.jwk);
    if (key === undefined) throw invalid('no public key for the algorithm');
    return key;
  }
}

function parseOne(headers: readonly string[]): ParsedJws {
  const [header, ...others] = headers;
  if (header === undefined || others.length > 0) throw invalid('not exactly one proof');
  const parsed = parseJws(header, MAX_PROOF_LENGTH);
  if (parsed === undefined) throw invalid('not a compact JWS');
  return parsed;
}

function claimsOf({ payload }: ParsedJws): ProofClaims {
  const claims = claimsSchema.safeParse(parseJsonObject(payload));
  if (!claims.success) throw invalid('claims are not those of a proof');
  return claims.data;
}

function rejectOtherRequest({ htm, htu }: ProofClaims, { method, url }: ProvenRequest, origin: string): void {
  if (htm !== method) throw invalid('made for another method');
  const expected = url.startsWith('/') ? normalTargetUri(origin + url) : undefined;
  if (expected === undefined || normalTargetUri(htu) !== expected) throw invalid('made for another address');
}

function rejectOtherTime({ iat }: ProofClaims, now: number): void {
  const issuedAt = iat * 1_000;
  if (issuedAt < now - OLDEST_MS) throw invalid('too old');
  if (issuedAt > now + FUTURE_MS) throw invalid('of the future');
}

function rejectOtherToken({ ath }: ProofClaims, accessToken: string | null): void {
  if (accessToken === null) return;
  if (ath !== createHash('sha256').update(accessToken).digest('base64url'))
    throw invalid('for another token');
}

function proofOf({ thumbprint }: ProofKey, { jti, iat }: ProofClaims, now: number): DpopProof {
  const id = createHash('sha256').update(`${thumbprint}.${jti}`).digest('base64url');
  const issuedAt = Math.floor(iat * 1_000);
  // A little longer than the proof counts, for processes whose clocks differ.
  return { keyThumbprint: thumbprint, id, issuedAt, livesMs: issuedAt + OLDEST_MS - now + FUTURE_MS };
}

function invalid(detail: string): CarewardError {
  return authenticationErrors.error('authentication-proof-invalid', { detail });
}
