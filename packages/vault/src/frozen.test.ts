import { readFileSync } from 'node:fs';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@careward/testing';
import { describe, expect, it } from 'vitest';
import { openCell } from './cell.ts';
import type { CellPlace } from './cell-place.ts';
import { DataKey } from './data-key.ts';
import { DiskRegionKeyStore } from './disk-region-key-store.ts';
import { keyVersionOf } from './envelope.ts';
import { Keyring } from './keyring.ts';
import { MemoryRegionKeyStore } from './memory-region-key-store.ts';

interface FrozenCell {
  readonly name: string;
  readonly key: string;
  readonly keyVersion: number;
  readonly place: CellPlace;
  readonly text: string;
  readonly envelope: string;
}

interface FrozenHierarchy {
  readonly region: string;
  readonly clinicId: string;
  readonly patientId: string;
  readonly rowId: string;
  readonly regionKeys: readonly { readonly version: number; readonly key: string }[];
  readonly made: readonly FrozenKeys[];
}

interface FrozenKeys {
  readonly version: number;
  readonly platform: string;
  readonly clinic: string;
  readonly patient: string;
  readonly platformBlindIndex: string;
  readonly clinicBlindIndex: string;
  readonly clinicFingerprint: string;
  readonly platformCell: string;
  readonly clinicCell: string;
  readonly patientCell: string;
}

const hex = (text: string) => Buffer.from(text, 'hex');
const { cells } = frozen<{ cells: FrozenCell[] }>('cells-v1.json');
const sample = frozen<FrozenHierarchy>('hierarchy-v1.json');
const { region, clinicId, patientId, rowId } = sample;

describe('what was sealed once opens for ever', () => {
  it.each(cells)('cell: $name', ({ key, keyVersion, place, text, envelope }) => {
    expect(keyVersionOf(hex(envelope))).toBe(keyVersion);
    expect(openCell(new DataKey(keyVersion, hex(key)), place, hex(envelope)).toString('utf8')).toBe(text);
  });

  it.each(sample.made)('platform key, version $version: cells and blind index', async (made) => {
    const key = await frozenRing().openPlatformKey({ version: made.version, wrapped: hex(made.platform) });
    const place = { region, clinicId: '', patientId: '', table: 'account', column: 'email', rowId };
    expect(openCell(key.dataKey(), place, hex(made.platformCell)).toString()).toBe('platform text');
    expect(key.blindIndex('account', 'email', 'ada@example.org')).toEqual(hex(made.platformBlindIndex));
  });

  it.each(sample.made)(
    'clinic key, version $version: cells, blind index, fingerprint, patients',
    async (made) => {
      const ring = frozenRing();
      const { version } = made;
      const key = await ring.openClinicKey(clinicId, { version, wrapped: hex(made.clinic) });
      const patientKey = ring.openPatientKey(key, patientId, { version, wrapped: hex(made.patient) });
      const clinicPlace = { region, clinicId, patientId: '', table: 'clinic', column: 'note', rowId };
      const place = {
        region,
        clinicId,
        patientId,
        table: 'medical_record_version',
        column: 'diagnosis',
        rowId,
      };
      expect(openCell(key.dataKey(), clinicPlace, hex(made.clinicCell)).toString()).toBe('clinic text');
      expect(openCell(patientKey, place, hex(made.patientCell)).toString()).toBe('patient text');
      expect(key.blindIndex('patient', 'ssn', '999263829')).toEqual(hex(made.clinicBlindIndex));
      expect(key.fingerprint('source-digest', Buffer.from('content'))).toEqual(hex(made.clinicFingerprint));
    },
  );

  it('key file', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'careward-keys-'));
    const path = join(directory, 'keys.json');
    await copyFile(join(import.meta.dirname, 'testdata/key-file-v1.json'), path);
    await chmod(path, 0o600);
    const regionKeys = await DiskRegionKeyStore.open(path, region);
    expect([(await regionKeys.current()).version, regionKeys.origin]).toEqual([2, 'operator']);
    const ring = new Keyring({ region, regionKeys, clock: new FakeClock() });
    for (const { version, clinic } of sample.made) {
      expect((await ring.openClinicKey(clinicId, { version, wrapped: hex(clinic) })).version).toBe(version);
    }
    await rm(directory, { recursive: true });
  });
});

function frozen<T>(name: string): T {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'testdata', name), 'utf8')) as T;
}

function frozenRing(): Keyring {
  const material = sample.regionKeys.map(({ version, key }) => ({ version, key: hex(key) }));
  return new Keyring({ region, regionKeys: new MemoryRegionKeyStore(material), clock: new FakeClock() });
}
