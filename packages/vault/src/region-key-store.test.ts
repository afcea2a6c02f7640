import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DiskRegionKeyStore } from './disk-region-key-store.ts';
import { MemoryRegionKeyStore } from './memory-region-key-store.ts';
import type { RegionKey, RegionKeyStore } from './region-keys.ts';

interface RotatingStore extends RegionKeyStore {
  rotate(): Promise<RegionKey>;
}

const directories: string[] = [];
const place = {
  region: 'eu-1',
  clinicId: 'c',
  patientId: '',
  table: 'vault.key',
  column: 'clinic',
  rowId: '1',
};

const stores: Record<string, () => Promise<RotatingStore>> = {
  memory: async () => new MemoryRegionKeyStore(),
  disk: async () => {
    const directory = await mkdtemp(join(tmpdir(), 'careward-keys-'));
    directories.push(directory);
    return DiskRegionKeyStore.create(join(directory, 'keys.json'), { region: 'eu-1', origin: 'operator' });
  },
};

afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

describe.each(Object.entries(stores))('every region key store: %s', (_name, make) => {
  it('starts with version 1', async () => {
    const store = await make();
    expect((await store.current()).version).toBe(1);
    expect((await store.byVersion(1)).version).toBe(1);
  });

  it('answers the highest version as the current one and keeps the older ones', async () => {
    const store = await make();
    const sealed = await (await store.current()).seal(place, randomBytes(32));
    expect((await store.rotate()).version).toBe(2);
    expect((await store.rotate()).version).toBe(3);
    expect((await store.current()).version).toBe(3);
    expect((await (await store.byVersion(1)).open(place, sealed)).length).toBe(32);
    await expect((await store.byVersion(2)).open(place, sealed)).rejects.toThrow(
      expect.objectContaining({ code: 'vault-cell-unopenable' }),
    );
  });

  it('refuses a version it does not have', async () => {
    const store = await make();
    for (const version of [0, 2, Number.NaN]) {
      await expect(store.byVersion(version)).rejects.toThrow(
        expect.objectContaining({ code: 'vault-region-key-unknown' }),
      );
    }
  });
});

describe('the memory store', () => {
  it('takes the highest of the given versions, in any order, and wipes what it was given', async () => {
    const material = [3, 1, 2].map((version) => ({ version, key: randomBytes(32) }));
    const store = new MemoryRegionKeyStore(material);
    expect((await store.current()).version).toBe(3);
    expect(material.every(({ key }) => key.every((byte) => byte === 0))).toBe(true);
  });

  it('refuses two keys of one version, and keys of another length', () => {
    const one = () => ({ version: 1, key: randomBytes(32) });
    expect(() => new MemoryRegionKeyStore([one(), one()])).toThrow(RangeError);
    expect(() => new MemoryRegionKeyStore([{ version: 1, key: randomBytes(16) }])).toThrow(RangeError);
  });
});
