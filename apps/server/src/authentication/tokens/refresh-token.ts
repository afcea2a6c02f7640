// Refresh tokens: opaque to their holder, good for one exchange.
//
// Defends: guessing, because a token carries a MAC of this platform over all that it says, so that one that was never issued reaches no
// store and ends nobody's session; a stolen store, because it holds only the hash of the secret.
// Does not tell whether the token was used before: the store does.
import { createHash, randomBytes } from 'node:crypto';
import { type AccountId, equalInConstantTime, type SessionId } from '@careward/kernel';
import { decodeCanonicalBase64Url } from './base64url.ts';

/** A keyed digest of 32 bytes, the same in every process of one deployment. */
export type Mac = (bytes: Buffer) => Buffer;

/** A refresh token and the hash of its secret, which alone is stored. */
export interface RefreshToken {
  readonly token: string;
  readonly hash: string;
}

/** What a genuine refresh token says. */
export interface PresentedRefreshToken {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly hash: string;
}

const PREFIX = 'cwr1.';
const ID_BYTES = 16;
const SECRET_BYTES = 32;
const MAC_BYTES = 16;
const SIGNED_BYTES = 2 * ID_BYTES + SECRET_BYTES;

/** Makes and reads refresh tokens: `cwr1.` and base64url of account, session, 256-bit secret and 128-bit MAC. */
export class RefreshTokens {
  readonly #mac: Mac;

  constructor(mac: Mac) {
    this.#mac = mac;
  }

  /** A new refresh token of a session. */
  create(accountId: AccountId, sessionId: SessionId): RefreshToken {
    const secret = randomBytes(SECRET_BYTES);
    const signed = Buffer.concat([bytesOf(accountId), bytesOf(sessionId), secret]);
    const bytes = Buffer.concat([signed, this.#tag(signed)]);
    return { token: PREFIX + bytes.toString('base64url'), hash: hashOf(secret) };
  }

  /** What the token names, or undefined when this platform never made it. */
  parse(token: string): PresentedRefreshToken | undefined {
    if (!token.startsWith(PREFIX) || token.length > 200) return undefined;
    const bytes = decodeCanonicalBase64Url(token.slice(PREFIX.length));
    if (bytes?.length !== SIGNED_BYTES + MAC_BYTES) return undefined;
    const signed = bytes.subarray(0, SIGNED_BYTES);
    if (!equalInConstantTime(this.#tag(signed), bytes.subarray(SIGNED_BYTES))) return undefined;
    return {
      accountId: uuidOf(signed.subarray(0, ID_BYTES)) as AccountId,
      sessionId: uuidOf(signed.subarray(ID_BYTES, 2 * ID_BYTES)) as SessionId,
      hash: hashOf(signed.subarray(2 * ID_BYTES)),
    };
  }

  #tag(signed: Buffer): Buffer {
    return this.#mac(Buffer.concat([Buffer.from(PREFIX), signed])).subarray(0, MAC_BYTES);
  }
}

/** The hash is of token and key: a token presented with another key is another token. */
export function boundRefreshHash(hash: string, keyThumbprint: string | null): string {
  if (keyThumbprint === null) return hash;
  return createHash('sha256').update(`${hash}.${keyThumbprint}`).digest('base64url');
}

function bytesOf(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function uuidOf(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function hashOf(secret: Buffer): string {
  return createHash('sha256').update(secret).digest('base64url');
}
