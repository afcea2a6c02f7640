/** The keys at the top of a region: what a key store has to offer, and the key that lives in this process. */
import { createSecretKey } from 'node:crypto';
import { openCell, sealCell } from './cell.ts';
import type { CellPlace } from './cell-place.ts';
import { DataKey, keyBytes } from './data-key.ts';
import { encodeParts } from './length-prefix.ts';
import { hkdfSha256 } from './primitives.ts';

/**
 * One version of a region's key-encryption key. It shows no bytes, so it may as well live in an HSM or a KMS. `open`
 * refuses with `vault-cell-unopenable`; an unreachable key store is a different error and passes through.
 */
export interface RegionKey {
  readonly version: number;
  seal(place: CellPlace, plaintext: Buffer): Promise<Buffer>;
  open(place: CellPlace, envelope: Buffer): Promise<Buffer>;
}

/** Where a region's keys come from. */
export interface RegionKeyStore {
  /** The highest version: what new keys are wrapped under. */
  current(): Promise<RegionKey>;
  /** An older or the current version. Refuses with `vault-region-key-unknown`. */
  byVersion(version: number): Promise<RegionKey>;
}

/** A region key's bytes with its version: what a store in this process is made from. */
export interface RegionKeyMaterial {
  readonly version: number;
  readonly key: Buffer;
}

/** A region key inside this process: wraps under a key derived from its bytes, which it takes over and wipes. */
export class LocalRegionKey implements RegionKey {
  readonly version: number;
  readonly #wrapping: DataKey;

  /** @throws RangeError when the key is not 32 bytes or the version no positive u32 */
  constructor({ version, key }: RegionKeyMaterial) {
    if (key.length !== keyBytes) throw new RangeError('A region key has 32 bytes');
    this.version = version;
    this.#wrapping = new DataKey(version, deriveWrapping(key));
    key.fill(0);
  }

  async seal(place: CellPlace, plaintext: Buffer): Promise<Buffer> {
    return sealCell(this.#wrapping, place, plaintext);
  }

  async open(place: CellPlace, envelope: Buffer): Promise<Buffer> {
    return openCell(this.#wrapping, place, envelope);
  }
}

function deriveWrapping(key: Buffer): Buffer {
  const info = encodeParts(['careward.region-key.v1', 'wrap']);
  return hkdfSha256(createSecretKey(key), Buffer.alloc(0), info, keyBytes);
}
