// A key pair that signs access tokens, and which of several does so at a given moment.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { Secret } from '@careward/kernel';
import { JwsKey } from './strict-jws.ts';

/** An Ed25519 key pair of access tokens with its time. All times in epoch milliseconds. */
export interface TokenKey {
  /** RFC 7638 thumbprint. */
  readonly keyId: string;
  /** The public half, 32 bytes as base64url (RFC 8037, `x`). */
  readonly x: string;
  readonly privateKey: KeyObject;
  readonly verifier: JwsKey;
  /** It is published before it signs, so that everybody who verifies has it by then. */
  readonly signsFrom: number;
  /** From here another key signs; null while none is to follow. */
  readonly retiredAt: number | null;
}

/** A key pair as it is stored, the private half opened: 32 bytes as base64url (RFC 8037, `d`). */
export interface TokenKeyMaterial {
  readonly x: string;
  readonly d: Secret<string>;
}

/** A fresh key pair. */
export function generateTokenKey(): TokenKeyMaterial {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return { x: String(x), d: Secret.of(String(d)) };
}

/**
 * The key pair of stored halves; undefined when they do not belong together. The public half is made from the private one, which
 * only this platform can seal: whoever may write to the table alone cannot add a key of theirs.
 */
export function openTokenKey(
  { x, d }: TokenKeyMaterial,
  times: Pick<TokenKey, 'signsFrom' | 'retiredAt'>,
): TokenKey | undefined {
  const privateKey = privateKeyOf(x, d);
  const publicKey = privateKey && createPublicKey(privateKey);
  const verifier = publicKey && JwsKey.of('EdDSA', publicKey);
  if (privateKey === undefined || verifier === undefined) return undefined;
  if (verifier.key.export({ format: 'jwk' }).x !== x) return undefined;
  return { keyId: tokenKeyId(x), x, privateKey, verifier, ...times };
}

/** The name of a key: its RFC 7638 thumbprint. */
export function tokenKeyId(x: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
}

/** The key that signs at this moment: the newest whose time has come. */
export function signingKeyAt(keys: readonly TokenKey[], now: number): TokenKey | undefined {
  const ready = keys.filter(
    ({ signsFrom, retiredAt }) => signsFrom <= now && !(retiredAt !== null && retiredAt <= now),
  );
  return ready.toSorted((a, b) => b.signsFrom - a.signsFrom)[0];
}

/** The library's error is dropped: it may quote the key. */
function privateKeyOf(x: string, d: Secret<string>): KeyObject | undefined {
  try {
    return createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x, d: d.reveal() }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
