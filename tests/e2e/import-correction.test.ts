import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sharedDataAbsent } from '@careward/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestEnvironment, type TestEnvironment } from '../../apps/server/test-harness/index.ts';
import { settle } from '../../apps/server/test-harness/ledger.ts';
import { readableState, tableFingerprints, withPlatform } from './stored-state.ts';
import {
  type Bundle,
  FHIR_FOLDER,
  type Resource,
  readBundle,
  syntheaPaths,
  targetOf,
} from './synthea-files.ts';

const SECONDS = 1_000;
const PHONE = '0301234567';
const WORDING = 'Corrected by the source';
const NEW_END = '2030-01-01T00:00:00.000Z';

interface Visit {
  readonly visitEnd: string | null;
  readonly diagnosis: string;
  readonly version: number;
}

describe.skipIf(FHIR_FOLDER === undefined)(`a changed source (${FHIR_FOLDER ?? sharedDataAbsent})`, () => {
  let environment: TestEnvironment;
  let folder: string;
  let path: string;
  let bundle: Bundle;
  beforeAll(async () => {
    environment = await createTestEnvironment();
    folder = await mkdtemp(join(tmpdir(), 'careward-fhir-'));
    path = join(folder, 'changed.json');
    bundle = readBundle(syntheaPaths()[0] ?? '');
    await importBundle();
  }, 60 * SECONDS);
  afterAll(async () => {
    await environment.remove();
    await rm(folder, { recursive: true });
  });

  async function importBundle() {
    await writeFile(path, JSON.stringify(bundle));
    return withPlatform(environment, ({ operatorImport }) => operatorImport.run([path]));
  }
  const ofType = (type: string): Resource[] =>
    bundle.entry.flatMap(({ resource }) => (resource.resourceType === type ? resource : []));

  it('updates the patient in every clinic and corrects the visits that changed, and those only', async () => {
    const clinics = new Set(ofType('Encounter').map(({ serviceProvider }) => targetOf(serviceProvider))).size;
    const [patient, condition] = [ofType('Patient')[0], ofType('Condition')[0]];
    const moved = ofType('Encounter').find(({ id }) => id !== targetOf(condition?.encounter));
    if (!patient || !condition?.code || !moved?.period) throw new Error('the file has changed its shape');
    patient.telecom = [{ system: 'phone', value: '030 / 123-4567' }];
    condition.code.text = WORDING;
    moved.period.end = NEW_END;

    const report = await importBundle();
    expect(report.patients).toEqual({ created: 0, updated: clinics, unchanged: 0, refused: 0 });
    const visits = ofType('Encounter').length;
    expect(report.medicalRecords).toEqual({ created: 0, updated: 2, unchanged: visits - 2, refused: 0 });

    const people = (await withPlatform(environment, readableState)).map(
      (text) => JSON.parse(text) as { version: number; contacts: { phones: string[] }; visits: string[] },
    );
    expect(people.map(({ version, contacts }) => [version, contacts.phones])).toEqual(
      people.map(() => [2, [PHONE]]),
    );
    const corrected = people
      .flatMap((person) => person.visits.map((visit) => JSON.parse(visit) as Visit))
      .filter(({ version }) => version === 2);
    expect(corrected).toHaveLength(2);
    expect(corrected.filter(({ diagnosis }) => diagnosis.includes(WORDING))).toHaveLength(1);
    expect(corrected.filter(({ visitEnd }) => visitEnd === NEW_END)).toHaveLength(1);
  });

  it('imported once more changes nothing', async () => {
    const before = await tableFingerprints(environment);
    expect((await importBundle()).patients).toMatchObject({ updated: 0 });
    expect(await tableFingerprints(environment)).toEqual(before);
  });

  it('has left one entry for each correction in a log that is whole', async () => {
    const entries = await withPlatform(environment, async (platform) => {
      await settle(platform.sequencer);
      expect(await platform.ledgerVerification.verify()).toMatchObject({ ok: true });
      const { build, run } = rowsOf(platform);
      return run(build.selectFrom('audit_entry').select('id').where('action', '=', 'medical-record.correct'));
    });
    expect(entries).toHaveLength(2);
  });
});

/** The entries of all clinics, as the sequencer reads them. */
function rowsOf({ database }: Parameters<Parameters<typeof withPlatform>[1]>[0]) {
  const scope = database.forSequencer();
  return { build: scope.build, run: scope.run.bind(scope) };
}
