// The public key inside a proof of possession.
//
// Defends: keys of other types, sizes and purposes, a private key that was sent by mistake, and two names of one key, because every
// coordinate has one spelling. The key proves nothing yet: it is its owner's word until the signature is checked.
import { createHash, type webcrypto } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import * as z from 'zod';
import { decodeCanonicalBase64Url } from './base64url.ts';
import { JwsKey } from './strict-jws.ts';

/** 32 bytes, in their one spelling. */
const coordinate = z.string().refine((text) => decodeCanonicalBase64Url(text)?.length === 32);
/** Members that say what a public key is for; anything else, a private half above all, is refused. */
const purpose = {
  alg: z.string().optional(),
  use: z.string().optional(),
  key_ops: z.array(z.string()).max(10).optional(),
  kid: z.string().max(200).optional(),
  ext: z.boolean().optional(),
};
const ecKey = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: coordinate,
  y: coordinate,
  ...purpose,
});
const okpKey = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: coordinate,
  ...purpose,
});

/** A key that a proof is made with, and its RFC 7638 thumbprint. */
export interface ProofKey {
  readonly key: JwsKey;
  readonly thumbprint: string;
}

/** The algorithms of proofs, as they are announced. */
export const PROOF_ALGORITHMS = ['ES256', 'EdDSA'] as const;
export type ProofAlgorithm = (typeof PROOF_ALGORITHMS)[number];

/** Reads keys, and keeps the last ten thousand ready. */
export class ProofKeys {
  readonly #ready = new LRUCache<string, ProofKey>({ max: 10_000 });

  /** The key of a header's `jwk`, or undefined when it is no public key for this algorithm. */
  read(algorithm: ProofAlgorithm, jwk: unknown): ProofKey | undefined {
    const parsed = (algorithm === 'ES256' ? ecKey : okpKey).safeParse(jwk);
    if (!parsed.success) return undefined;
    const text = JSON.stringify(parsed.data);
    const ready = this.#ready.get(text);
    if (ready !== undefined) return ready;
    const key = JwsKey.ofJwk(algorithm, jwk as webcrypto.JsonWebKey);
    if (key === undefined) return undefined;
    const made = { key, thumbprint: thumbprintOf(parsed.data) };
    this.#ready.set(text, made);
    return made;
  }
}

/** RFC 7638, 3.2: the required members in the order of their names. */
function thumbprintOf(jwk: z.infer<typeof ecKey> | z.infer<typeof okpKey>): string {
  const { crv, kty, x } = jwk;
  const members = jwk.kty === 'EC' ? { crv, kty, x, y: jwk.y } : { crv, kty, x };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}
