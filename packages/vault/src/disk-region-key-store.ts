import { randomBytes } from 'node:crypto';
import { keyBytes } from './data-key.ts';
import { changeGuarded, createGuarded, readGuarded } from './guarded-file.ts';
import { type KeyFile, type KeyFileOrigin, parseKeyFile, serializeKeyFile } from './key-file.ts';
import { MemoryRegionKeyStore } from './memory-region-key-store.ts';
import type { RegionKey, RegionKeyMaterial, RegionKeyStore } from './region-keys.ts';
import { vaultErrors } from './vault.errors.ts';

/** A region's keys in one file of this machine (0600), which is to be backed up apart from the database. */
export class DiskRegionKeyStore implements RegionKeyStore {
  readonly region: string;
  readonly origin: KeyFileOrigin;
  readonly #path: string;
  #keys: MemoryRegionKeyStore;

  private constructor(path: string, file: KeyFile) {
    this.#path = path;
    this.region = file.region;
    this.origin = file.origin;
    this.#keys = new MemoryRegionKeyStore(file.keys);
  }

  /**
   * Makes the file with a fresh version 1.
   * @throws CarewardError `vault-key-file-exists` rather than replacing keys
   */
  static async create(
    path: string,
    { region, origin }: { readonly region: string; readonly origin: KeyFileOrigin },
  ): Promise<DiskRegionKeyStore> {
    await createGuarded(path, serializeKeyFile({ region, origin, keys: [freshKey(1)] }));
    return DiskRegionKeyStore.open(path, region);
  }

  /**
   * Reads the file.
   * @throws CarewardError `vault-key-file-missing`; `vault-key-file-refused` when others could have read or changed it,
   * when it belongs to another region, or when its content is not what this store wrote
   */
  static async open(path: string, region: string): Promise<DiskRegionKeyStore> {
    return new DiskRegionKeyStore(path, parseKeyFile(await readGuarded(path), region));
  }

  current(): Promise<RegionKey> {
    return this.#keys.current();
  }

  /** A version this process has not seen may have been added by another one: the file is read once more. */
  async byVersion(version: number): Promise<RegionKey> {
    return this.#keys.byVersion(version).catch(async () => {
      await this.#reload();
      return this.#keys.byVersion(version);
    });
  }

  /**
   * Adds the next version, on disk before anything is wrapped under it; older versions stay.
   * @throws CarewardError `vault-key-file-busy` while another process adds one
   */
  async rotate(): Promise<RegionKey> {
    await changeGuarded(this.#path, (text) => {
      const file = parseKeyFile(text, this.region);
      return serializeKeyFile({ ...file, keys: [...file.keys, freshKey(nextVersion(file))] });
    });
    await this.#reload();
    return this.current();
  }

  async #reload(): Promise<void> {
    const file = parseKeyFile(await readGuarded(this.#path), this.region);
    if (file.origin !== this.origin) {
      throw vaultErrors.error('vault-key-file-refused', { detail: 'the origin changed while in use' });
    }
    this.#keys = new MemoryRegionKeyStore(file.keys);
  }
}

function freshKey(version: number): RegionKeyMaterial {
  return { version, key: randomBytes(keyBytes) };
}

function nextVersion(file: KeyFile): number {
  return (file.keys.at(-1)?.version ?? 0) + 1;
}
