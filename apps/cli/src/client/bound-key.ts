// The key that this client proves itself with (RFC 9449).
//
// Defends the tokens that it holds: they are bound to this key, which is made for one run, never leaves the process and lies in no file,
// so a token that is stolen opens nothing. Does not defend against code inside this process.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { type Clock, systemClock } from '@careward/kernel';

/** What a proof is made for. */
export interface ProvenCall {
  readonly method: string;
  readonly path: string;
  readonly accessToken: string | undefined;
}

/** A P-256 key, and the nonce that the server gave last. */
export class BoundKey {
  readonly #pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #header: string;
  readonly #publicUrl: string;
  readonly #clock: Clock;
  #nonce: string | undefined;

  /** `publicUrl` is the address that the server calls its own; proofs are made for it. */
  constructor(publicUrl: string, clock: Clock = systemClock) {
    const { kty, crv, x, y } = this.#pair.publicKey.export({ format: 'jwk' });
    this.#header = encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty, crv, x, y } });
    this.#publicUrl = publicUrl;
    this.#clock = clock;
  }

  /** A proof for one call; good once. */
  proof({ method, path, accessToken }: ProvenCall): string {
    const { origin, pathname } = new URL(path, this.#publicUrl);
    const claims = {
      jti: randomUUID(),
      htm: method,
      htu: origin + pathname,
      // With its fraction (RFC 7519, 2): a store that started in this very second takes no proof made before it did.
      iat: this.#clock.now() / 1_000,
      ...(accessToken !== undefined && { ath: sha256(accessToken) }),
      ...(this.#nonce !== undefined && { nonce: this.#nonce }),
    };
    const input = `${this.#header}.${encode(claims)}`;
    const key = { key: this.#pair.privateKey, dsaEncoding: 'ieee-p1363' as const };
    return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
  }

  /** Keeps the nonce of an answer; true when it is another one than before. */
  learn(nonce: string | string[] | undefined): boolean {
    if (typeof nonce !== 'string' || nonce === this.#nonce) return false;
    this.#nonce = nonce;
    return true;
  }
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
