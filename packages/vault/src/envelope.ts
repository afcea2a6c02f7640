/**
 * Envelope format v1, described byte by byte in docs/formats/envelope.md:
 * version (1) | algorithm (1) | key version (4, big-endian) | nonce (12) | ciphertext (n) | tag (16).
 */
import { vaultErrors } from './vault.errors.ts';

/** Byte 0 of every envelope of this format. */
const envelopeVersion = 1;
/** Byte 1: AES-256-GCM with a 96-bit nonce and a 128-bit tag. */
const algorithmAes256Gcm = 1;
/** Bytes before the nonce; the associated data begins with the same ones. */
export const headerBytes = 6;
export const nonceBytes = 12;
export const tagBytes = 16;
/** Bytes before the ciphertext. */
export const ciphertextStart = headerBytes + nonceBytes;
/** What an envelope adds to its plaintext: 34 bytes. */
export const overheadBytes = ciphertextStart + tagBytes;

/** Writes version, algorithm and key version to the first six bytes. */
export function writeHeader(target: Buffer, keyVersion: number): void {
  target[0] = envelopeVersion;
  target[1] = algorithmAes256Gcm;
  target.writeUInt32BE(keyVersion, 2);
}

/**
 * The version of the key that an envelope claims to be sealed under: the key to fetch, proven only by opening.
 * @throws CarewardError `vault-cell-unopenable` when the bytes are no envelope of this format
 */
export function keyVersionOf(envelope: Buffer): number {
  const wellFormed =
    envelope.length >= overheadBytes && envelope[0] === envelopeVersion && envelope[1] === algorithmAes256Gcm;
  if (!wellFormed) throw vaultErrors.error('vault-cell-unopenable');
  return envelope.readUInt32BE(2);
}
