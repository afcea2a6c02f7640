import { inspect } from 'node:util';
import { FakeClock } from '@careward/testing';
import { describe, expect, it, vi } from 'vitest';
import { openCell, sealCell } from './cell.ts';
import type { CellPlace } from './cell-place.ts';
import { keyVersionOf } from './envelope.ts';
import { Keyring } from './keyring.ts';
import { MemoryRegionKeyStore } from './memory-region-key-store.ts';
import type { WrappedKey } from './wrapped-key.ts';

const region = 'eu-1';
const unopenable = expect.objectContaining({ code: 'vault-cell-unopenable', detail: undefined });
const place: CellPlace = { region, clinicId: 'c1', patientId: 'p1', table: 't', column: 'c', rowId: 'r' };

describe('the hierarchy of keys', () => {
  it('opens what it made, again and in another process with the same region key', async () => {
    const { keyring, regionKeys, clock } = ring();
    const wrapped = await keyring.createClinicKey('c1');
    const clinic = await keyring.openClinicKey('c1', wrapped);
    const patient = keyring.createPatientKey(clinic, 'p1');
    const cell = sealCell(keyring.openPatientKey(clinic, 'p1', patient), place, 'text');
    const other = new Keyring({ region, regionKeys, clock });
    const key = other.openPatientKey(await other.openClinicKey('c1', wrapped), 'p1', patient);
    expect(openCell(key, place, cell).toString()).toBe('text');
    expect([wrapped.version, patient.version, wrapped.wrapped.length, patient.wrapped.length]).toEqual([
      1, 1, 66, 66,
    ]);
  });

  it('gives every scope keys of its own for rows, blind indexes and fingerprints', async () => {
    const { keyring } = ring();
    const platform = await keyring.openPlatformKey(await keyring.createPlatformKey());
    const first = await keyring.openClinicKey('c1', await keyring.createClinicKey('c1'));
    const second = await keyring.openClinicKey('c2', await keyring.createClinicKey('c2'));
    const digests = [platform, first, second].flatMap((scope) => [
      scope.blindIndex('patient', 'ssn', '999'),
      scope.blindIndex('patient', 'name', '999'),
      scope.blindIndex('patients', 'sn', '999'),
      scope.fingerprint('source', Buffer.from('999')).subarray(0, 16),
      scope.fingerprint('other', Buffer.from('999')).subarray(0, 16),
    ]);
    expect(new Set(digests.map((digest) => digest.toString('hex'))).size).toBe(15);
    expect(first.blindIndex('patient', 'ssn', '999')).toEqual(first.blindIndex('patient', 'ssn', '999'));
    expect(first.blindIndex('a', 'b', 'v').length).toBe(16);
    expect(first.fingerprint('p', Buffer.alloc(0)).length).toBe(32);
    expect(() => openCell(second.dataKey(), place, sealCell(first.dataKey(), place, 'x'))).toThrow(
      unopenable,
    );
  });

  it('refuses a wrapped key that is offered as any other key', async () => {
    const { keyring } = ring();
    const platform = await keyring.createPlatformKey();
    const c1 = await keyring.createClinicKey('c1');
    const c1v2 = await keyring.createClinicKey('c1', 2);
    const clinic = await keyring.openClinicKey('c1', c1);
    const other = await keyring.openClinicKey('c2', await keyring.createClinicKey('c2'));
    const p1 = keyring.createPatientKey(clinic, 'p1');
    keyring.openPatientKey(clinic, 'p1', p1);
    await keyring.openPlatformKey(platform);
    await expect(keyring.openClinicKey('c2', c1)).rejects.toThrow(unopenable);
    await expect(keyring.openClinicKey('', platform)).rejects.toThrow(unopenable);
    await expect(keyring.openPlatformKey(c1)).rejects.toThrow(unopenable);
    await expect(keyring.openClinicKey('c1', { ...c1v2, version: 1 })).rejects.toThrow(unopenable);
    await expect(keyring.openClinicKey('c1', p1)).rejects.toThrow(unopenable);
    expect(() => keyring.openPatientKey(clinic, 'p2', p1)).toThrow(unopenable);
    expect(() => keyring.openPatientKey(other, 'p1', p1)).toThrow(unopenable);
    expect(() => keyring.openPatientKey(clinic, 'p1', { ...p1, version: 2 })).toThrow(unopenable);
    expect(() => keyring.openPatientKey(clinic, 'c1', c1)).toThrow(unopenable);
  });

  it('refuses a wrapped key of another region and of another region key', async () => {
    const { keyring, regionKeys, clock } = ring();
    const wrapped = await keyring.createClinicKey('c1');
    const elsewhere = new Keyring({ region: 'us-1', regionKeys, clock });
    await expect(elsewhere.openClinicKey('c1', wrapped)).rejects.toThrow(unopenable);
    await expect(ring().keyring.openClinicKey('c1', wrapped)).rejects.toThrow(unopenable);
  });

  it('refuses to open a kept patient key with another key of a clinic of that id', async () => {
    const [ours, theirs] = [ring().keyring, ring().keyring];
    const clinic = await ours.openClinicKey('c1', await ours.createClinicKey('c1'));
    const namesake = await theirs.openClinicKey('c1', await theirs.createClinicKey('c1'));
    const patient = ours.createPatientKey(clinic, 'p1');
    ours.openPatientKey(clinic, 'p1', patient);
    expect(() => ours.openPatientKey(namesake, 'p1', patient)).toThrow(unopenable);
  });

  it('refuses a wrapped key with any byte changed, kept or not', async () => {
    const { keyring } = ring();
    const wrapped = await keyring.createClinicKey('c1');
    const clinic = await keyring.openClinicKey('c1', wrapped);
    const patient = keyring.createPatientKey(clinic, 'p1');
    keyring.openPatientKey(clinic, 'p1', patient);
    for (let at = 0; at < 66; at += 1) {
      await expect(keyring.openClinicKey('c1', flip(wrapped, at))).rejects.toThrow(unopenable);
      expect(() => keyring.openPatientKey(clinic, 'p1', flip(patient, at))).toThrow(unopenable);
    }
  });

  it('refuses to make a key for nobody or without a version', async () => {
    const { keyring } = ring();
    const malformed = expect.objectContaining({ code: 'vault-place-malformed' });
    await expect(keyring.createClinicKey('')).rejects.toThrow(malformed);
    const clinic = await keyring.openClinicKey('c1', await keyring.createClinicKey('c1'));
    expect(() => keyring.createPatientKey(clinic, '')).toThrow(malformed);
    expect(() => keyring.createPatientKey(clinic, 'p1', 0)).toThrow(RangeError);
    await expect(keyring.createPlatformKey(1.5)).rejects.toThrow(RangeError);
    const platform = await keyring.openPlatformKey(await keyring.createPlatformKey());
    expect(() => keyring.createPatientKey(platform, 'p1')).toThrow(malformed);
  });

  it('lets a broken key store be seen as what it is', async () => {
    const { keyring, regionKeys } = ring();
    const wrapped = await keyring.createClinicKey('c1');
    vi.spyOn(regionKeys, 'byVersion').mockRejectedValue(new Error('key store unreachable'));
    await expect(keyring.openClinicKey('c1', wrapped)).rejects.toThrow('key store unreachable');
  });

  it('shows no key when it is inspected', async () => {
    const { keyring } = ring();
    const clinic = await keyring.openClinicKey('c1', await keyring.createClinicKey('c1'));
    keyring.openPatientKey(clinic, 'p1', keyring.createPatientKey(clinic, 'p1'));
    const shown = inspect([keyring, clinic, clinic.dataKey()], { showHidden: true, depth: null });
    expect(shown).not.toMatch(/Buffer|Uint8Array|KeyObject/);
  });
});

describe('rotation', () => {
  it('wraps under the newest region key and opens what older ones wrapped', async () => {
    const { keyring, regionKeys, clock } = ring();
    const old = await keyring.createClinicKey('c1');
    await regionKeys.rotate();
    const young = await keyring.createClinicKey('c2');
    expect([keyVersionOf(old.wrapped), keyVersionOf(young.wrapped)]).toEqual([1, 2]);
    const fresh = new Keyring({ region, regionKeys, clock });
    expect((await fresh.openClinicKey('c1', old)).clinicId).toBe('c1');
    expect((await fresh.openClinicKey('c2', young)).clinicId).toBe('c2');
  });

  it('keeps cells of version 1 open beside version 2, each named by its envelope', async () => {
    const { keyring } = ring();
    const clinic = await keyring.openClinicKey('c1', await keyring.createClinicKey('c1'));
    const stored = [1, 2].map((version) => keyring.createPatientKey(clinic, 'p1', version));
    const cells = stored.map((one) =>
      sealCell(keyring.openPatientKey(clinic, 'p1', one), place, `v${one.version}`),
    );
    const read = cells.map((cell) => {
      const wrapped = stored.find((one) => one.version === keyVersionOf(cell));
      if (!wrapped) throw new Error('no key of that version');
      return openCell(keyring.openPatientKey(clinic, 'p1', wrapped), place, cell).toString();
    });
    expect(read).toEqual(['v1', 'v2']);
  });
});

describe('the keys kept at hand', () => {
  it('are bounded in number', async () => {
    const { keyring } = ring({ maxKeys: 10, maxAgeMs: 1000 });
    const clinic = await keyring.openClinicKey('c1', await keyring.createClinicKey('c1'));
    for (let i = 0; i < 100; i += 1) {
      keyring.openPatientKey(clinic, `p${i}`, keyring.createPatientKey(clinic, `p${i}`));
      expect(keyring.openedKeys).toBeLessThanOrEqual(11);
    }
    expect(keyring.openedKeys).toBe(11);
  });

  it('are used again until their time is over, counted from unwrapping', async () => {
    const { keyring, clock, regionKeys } = ring({ maxKeys: 10, maxAgeMs: 1000 });
    const asked = vi.spyOn(regionKeys, 'byVersion');
    const wrapped = await keyring.createClinicKey('c1');
    const timesAskedAt = async (ms: number) => {
      clock.advance(ms);
      asked.mockClear();
      await keyring.openClinicKey('c1', wrapped);
      return asked.mock.calls.length;
    };
    expect(await timesAskedAt(0)).toBe(1);
    expect(await timesAskedAt(600)).toBe(0);
    expect(await timesAskedAt(399)).toBe(0);
    expect(await timesAskedAt(1)).toBe(1);
    expect(await timesAskedAt(-5)).toBe(1);
  });

  it('of an erased patient are gone from memory at once', async () => {
    const { keyring } = ring();
    const clinic = await keyring.openClinicKey('c1', await keyring.createClinicKey('c1'));
    for (const id of ['p1', 'p2']) keyring.openPatientKey(clinic, id, keyring.createPatientKey(clinic, id));
    keyring.openPatientKey(clinic, 'p1', keyring.createPatientKey(clinic, 'p1', 2));
    expect(keyring.openedKeys).toBe(4);
    keyring.forgetPatient('c1', 'p1');
    expect(keyring.openedKeys).toBe(2);
    keyring.forgetPatient('c2', 'p2');
    expect(keyring.openedKeys).toBe(2);
  });
});

function ring(cache?: { maxKeys: number; maxAgeMs: number }) {
  const clock = new FakeClock();
  const regionKeys = new MemoryRegionKeyStore();
  const keyring = new Keyring({ region, regionKeys, clock, ...(cache && { cache }) });
  return { keyring, regionKeys, clock };
}

function flip(key: WrappedKey, at: number): WrappedKey {
  const wrapped = Buffer.from(key.wrapped);
  wrapped.writeUInt8(wrapped.readUInt8(at) ^ 1, at);
  return { ...key, wrapped };
}
