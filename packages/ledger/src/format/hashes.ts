import { hash } from 'node:crypto';

/** Length of every hash, root and commitment of the ledger, in bytes (SHA-256). */
export const HASH_BYTES = 32;

/** Root of the tree without leaves: the hash of the empty string (RFC 9162, 2.1.1). */
export const EMPTY_ROOT: Buffer = sha256(Buffer.alloc(0));

/** SHA-256 of `data`, 32 bytes. */
export function sha256(data: Uint8Array): Buffer {
  return hash('sha256', data, 'buffer');
}

/** Hash of a leaf, `SHA-256(0x00 || data)`; for this ledger `data` is a commitment (RFC 9162, 2.1.1). */
export function leafHash(data: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(1 + data.length);
  input[0] = 0x00;
  input.set(data, 1);
  return sha256(input);
}

/** Hash of an inner node, `SHA-256(0x01 || left || right)`; the order of the children counts (RFC 9162, 2.1.1). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(1 + left.length + right.length);
  input[0] = 0x01;
  input.set(left, 1);
  input.set(right, 1 + left.length);
  return sha256(input);
}
