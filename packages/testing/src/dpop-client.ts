import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';

/** The two kinds of key that proofs are made with. */
export type ProofAlgorithm = 'ES256' | 'EdDSA';

/** What a proof is made for. `url` may carry a query; `at` in epoch milliseconds. */
export interface ProofRequest {
  readonly method: string;
  readonly url: string;
  readonly accessToken?: string;
  readonly at?: number;
}

/** Changes to a proof before it is signed, to make a bad one. A member that is undefined is left out. */
export interface ProofChanges {
  readonly header?: object;
  readonly claims?: object;
}

/** A client with a key of its own that makes proofs of possession (RFC 9449, 4.2), and keeps the nonce that a server gave it. */
export class DpopClient {
  readonly algorithm: ProofAlgorithm;
  readonly publicJwk: Readonly<Record<string, string>>;
  readonly privateKey: KeyObject;
  nonce: string | undefined;

  constructor(algorithm: ProofAlgorithm = 'ES256') {
    this.algorithm = algorithm;
    const { privateKey, publicKey } =
      algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
    this.privateKey = privateKey;
    this.publicJwk = publicKey.export({ format: 'jwk' }) as Record<string, string>;
  }

  /** RFC 7638 thumbprint of the key: the `jkt` of tokens that are bound to it. */
  get thumbprint(): string {
    const { crv, kty, x, y } = this.publicJwk;
    return sha256(JSON.stringify(y === undefined ? { crv, kty, x } : { crv, kty, x, y }));
  }

  /** A proof for one request. */
  proof({ method, url, accessToken, at }: ProofRequest, { header, claims }: ProofChanges = {}): string {
    const address = new URL(url);
    return this.sign(
      { typ: 'dpop+jwt', alg: this.algorithm, jwk: this.publicJwk, ...header },
      {
        jti: randomUUID(),
        htm: method,
        htu: address.origin + address.pathname,
        iat: Math.floor((at ?? Date.now()) / 1_000),
        ...(accessToken !== undefined && { ath: sha256(accessToken) }),
        ...(this.nonce !== undefined && { nonce: this.nonce }),
        ...claims,
      },
    );
  }

  /** Keeps the nonce of an answer's `DPoP-Nonce` header, where there is one. */
  learn(nonce: string | string[] | null | undefined): void {
    if (typeof nonce === 'string') this.nonce = nonce;
  }

  /** Any header and claims, signed by the client's key. */
  sign(header: object, claims: object): string {
    const input = `${encode(header)}.${encode(claims)}`;
    const hash = this.algorithm === 'ES256' ? 'sha256' : null;
    const signature = sign(hash, Buffer.from(input), { key: this.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${input}.${signature.toString('base64url')}`;
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
