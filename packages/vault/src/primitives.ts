/**
 * The vault's three primitives, all from node:crypto (OpenSSL): AES-256-GCM (NIST SP 800-38D), HKDF-SHA256 (RFC 5869)
 * and HMAC-SHA256 (RFC 2104). Nothing else in the vault calls a cipher, so the published test vectors that pass through
 * here pass through the same code that seals cells.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, type KeyObject } from 'node:crypto';
import { tagBytes } from './envelope.ts';

const algorithm = 'aes-256-gcm';
const options = { authTagLength: tagBytes };

/** Encrypts and writes ciphertext and tag to `target` from `offset` on: plaintext.length + 16 bytes. */
export function aes256GcmSeal(
  key: KeyObject,
  nonce: Buffer,
  aad: Buffer,
  plaintext: Buffer,
  target: Buffer,
  offset: number,
): void {
  const cipher = createCipheriv(algorithm, key, nonce, options);
  cipher.setAAD(aad);
  cipher.update(plaintext).copy(target, offset);
  cipher.final();
  cipher.getAuthTag().copy(target, offset + plaintext.length);
}

/**
 * Decrypts `sealed`, which is ciphertext and tag. No byte leaves before the tag was checked.
 * @throws Error when key, nonce, associated data, ciphertext and tag do not belong together
 */
export function aes256GcmOpen(key: KeyObject, nonce: Buffer, aad: Buffer, sealed: Buffer): Buffer {
  const tagStart = sealed.length - tagBytes;
  const decipher = createDecipheriv(algorithm, key, nonce, options);
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(tagStart));
  const plaintext = decipher.update(sealed.subarray(0, tagStart));
  decipher.final();
  return plaintext;
}

/** Derives `length` bytes, at most 8,160. */
export function hkdfSha256(key: KeyObject, salt: Buffer, info: Buffer, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', key, salt, info, length));
}

/** The 32-byte MAC of a message. */
export function hmacSha256(key: KeyObject, message: Buffer | string): Buffer {
  return createHmac('sha256', key).update(message).digest();
}
