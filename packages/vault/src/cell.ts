/**
 * Seals values so that they open only under the right key, at the right place, unchanged.
 *
 * Defends against whoever reads or writes the database, its replicas and its backups without the region's keys. What
 * remains visible: that a cell exists, its length to the byte, and which key version sealed it. It does not defend
 * against code in this process that holds the DataKey, nor against putting back an older value of the same cell.
 */
import { associatedData, type CellPlace } from './cell-place.ts';
import { type DataKey, keyObjectOf } from './data-key.ts';
import { ciphertextStart, headerBytes, keyVersionOf, overheadBytes, writeHeader } from './envelope.ts';
import { writeNonce } from './nonce-pool.ts';
import { aes256GcmOpen, aes256GcmSeal } from './primitives.ts';
import { vaultErrors } from './vault.errors.ts';

/**
 * The envelope of a value at a place: 34 bytes longer than the value's UTF-8 or bytes, different at every call.
 * @throws CarewardError `vault-place-malformed`; `vault-text-malformed` for a string with half a surrogate pair, which
 * UTF-8 could not give back
 */
export function sealCell(key: DataKey, place: CellPlace, plaintext: Buffer | string): Buffer {
  const bytes = typeof plaintext === 'string' ? encodeText(plaintext) : plaintext;
  const envelope = Buffer.allocUnsafe(overheadBytes + bytes.length);
  writeHeader(envelope, key.version);
  writeNonce(envelope, headerBytes);
  const nonce = envelope.subarray(headerBytes, ciphertextStart);
  aes256GcmSeal(
    keyObjectOf(key),
    nonce,
    associatedData(key.version, place),
    bytes,
    envelope,
    ciphertextStart,
  );
  return envelope;
}

/**
 * The value inside an envelope.
 * @throws CarewardError `vault-cell-unopenable`, always the same one, whether the key, its version, any part of the
 * place, or any byte of the envelope is wrong
 */
export function openCell(key: DataKey, place: CellPlace, envelope: Buffer): Buffer {
  try {
    return openUnder(key, place, envelope);
  } catch {
    throw vaultErrors.error('vault-cell-unopenable');
  }
}

function openUnder(key: DataKey, place: CellPlace, envelope: Buffer): Buffer {
  if (keyVersionOf(envelope) !== key.version) throw vaultErrors.error('vault-cell-unopenable');
  const nonce = envelope.subarray(headerBytes, ciphertextStart);
  const sealed = envelope.subarray(ciphertextStart);
  return aes256GcmOpen(keyObjectOf(key), nonce, associatedData(key.version, place), sealed);
}

function encodeText(text: string): Buffer {
  if (!text.isWellFormed()) throw vaultErrors.error('vault-text-malformed');
  return Buffer.from(text, 'utf8');
}
