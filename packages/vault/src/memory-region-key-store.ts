import { randomBytes } from 'node:crypto';
import { keyBytes } from './data-key.ts';
import {
  LocalRegionKey,
  type RegionKey,
  type RegionKeyMaterial,
  type RegionKeyStore,
} from './region-keys.ts';
import { vaultErrors } from './vault.errors.ts';

/** Region keys that end with the process: for tests and demonstrations. Starts with a fresh version 1 unless given keys. */
export class MemoryRegionKeyStore implements RegionKeyStore {
  readonly #keys = new Map<number, LocalRegionKey>();
  #highest = 0;

  /** Takes the given keys over and wipes their buffers. */
  constructor(material: readonly RegionKeyMaterial[] = [{ version: 1, key: randomBytes(keyBytes) }]) {
    for (const one of material) this.#add(one);
  }

  async current(): Promise<RegionKey> {
    return this.byVersion(this.#highest);
  }

  async byVersion(version: number): Promise<RegionKey> {
    const key = this.#keys.get(version);
    if (!key) throw vaultErrors.error('vault-region-key-unknown', { detail: `version ${version}` });
    return key;
  }

  /** Adds the next version and makes it the current one; older versions stay. */
  async rotate(): Promise<RegionKey> {
    this.#add({ version: this.#highest + 1, key: randomBytes(keyBytes) });
    return this.current();
  }

  #add(material: RegionKeyMaterial): void {
    if (this.#keys.has(material.version)) throw new RangeError('Two region keys of one version');
    this.#keys.set(material.version, new LocalRegionKey(material));
    this.#highest = Math.max(this.#highest, material.version);
  }
}
