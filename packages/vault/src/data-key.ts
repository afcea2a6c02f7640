/**
 * A key that seals cells, without a way to print it: the bytes live in a KeyObject outside the JavaScript heap, and the
 * KeyObject in a private field. Code that runs in the process could still export it; the type only stops accidents.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';

const newestVersion = 0xffff_ffff;
/** Length of every key of the vault. */
export const keyBytes = 32;

let open: (key: DataKey) => KeyObject;

/** An AES-256 key and its version (1 to 4,294,967,295), which every envelope sealed under it names. */
export class DataKey {
  readonly version: number;
  readonly #key: KeyObject;

  static {
    open = (key) => key.#key;
  }

  /**
   * Takes the key over from `bytes` and wipes them.
   * @throws RangeError when the key is not 32 bytes or the version no positive u32
   */
  constructor(version: number, bytes: Buffer) {
    if (bytes.length !== keyBytes) throw new RangeError('A data key has 32 bytes');
    rejectBadVersion(version);
    this.version = version;
    this.#key = createSecretKey(bytes);
    bytes.fill(0);
  }
}

/** The KeyObject inside; for the vault's own files only. */
export function keyObjectOf(key: DataKey): KeyObject {
  return open(key);
}

/** @throws RangeError unless the version is a whole number from 1 to 4,294,967,295 */
export function rejectBadVersion(version: number): void {
  const good = Number.isInteger(version) && version >= 1 && version <= newestVersion;
  if (!good) throw new RangeError('A key version is a whole number from 1 to 4294967295');
}
