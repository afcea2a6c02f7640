/**
 * The canonical encoding of a list of strings: each as its length in UTF-8 bytes (u16, big-endian) and the bytes.
 * Two different lists never give the same bytes, which a separator could not promise.
 */
import { vaultErrors } from './vault.errors.ts';

const longestPart = 0xffff;
const lengthBytes = 2;

/** How many bytes `writeParts` may need at most. */
export function roomForParts(parts: readonly string[]): number {
  let room = 0;
  for (const part of parts) room += lengthBytes + part.length * 3;
  return room;
}

/**
 * Writes the parts from `offset` on and answers where they end.
 * @throws CarewardError `vault-place-malformed` for half a surrogate pair, whose UTF-8 would equal another string's,
 * and for a part over 65,535 bytes
 */
export function writeParts(target: Buffer, offset: number, parts: readonly string[]): number {
  let at = offset;
  for (const part of parts) {
    if (!part.isWellFormed()) throw vaultErrors.error('vault-place-malformed', { detail: 'not Unicode' });
    const length = target.write(part, at + lengthBytes, 'utf8');
    if (length > longestPart) throw vaultErrors.error('vault-place-malformed', { detail: 'too long' });
    target.writeUInt16BE(length, at);
    at += lengthBytes + length;
  }
  return at;
}

/** The parts as bytes of their own. */
export function encodeParts(parts: readonly string[]): Buffer {
  const target = Buffer.alloc(roomForParts(parts));
  return target.subarray(0, writeParts(target, 0, parts));
}
