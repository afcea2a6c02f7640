import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { sharedDataAbsent } from '@careward/testing';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createTestEnvironment, type TestEnvironment } from '../../apps/server/test-harness/index.ts';
import { settle } from '../../apps/server/test-harness/ledger.ts';
import { hashOf, readableState, rowsByClinic, withPlatform } from './stored-state.ts';
import { countsByClinic, FHIR_FOLDER, syntheaPaths, totals } from './synthea-files.ts';

const CHILD = fileURLToPath(new URL('./import-child.ts', import.meta.url));
const KILLS = 6;
const SECONDS = 1_000;

describe.skipIf(FHIR_FOLDER === undefined)(`an import (${FHIR_FOLDER ?? sharedDataAbsent})`, () => {
  let expected: readonly string[];

  beforeAll(async () => {
    const environment = await createTestEnvironment();
    await withPlatform(environment, ({ operatorImport }) => operatorImport.run(syntheaPaths()));
    expected = await withPlatform(environment, readableState);
    await environment.remove();
  }, 120 * SECONDS);

  it(
    `killed ${KILLS} times on the way and continued, ends where an undisturbed one ends`,
    async () => {
      const environment = await freshEnvironment();
      const progress: number[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) {
        // The first ones die early, so that there is something left for the later ones to do.
        progress.push(await killedAfter(environment, randomInt(kill * 2, kill * 3 + 1), randomInt(40)));
      }
      console.info(`killed after patients: ${progress.join(', ')}`);
      await withPlatform(environment, async ({ operatorImport, sequencer, ledgerVerification }) => {
        const report = await operatorImport.run(syntheaPaths());
        expect(report.refusals).toEqual([]);
        expect(report.medicalRecords).toMatchObject({ updated: 0, refused: 0 });
        expect(report.medicalRecords.created + report.medicalRecords.unchanged).toBe(totals().medicalRecords);
        await settle(sequencer);
        expect(await ledgerVerification.verify()).toMatchObject({ ok: true, findings: [], pending: 0 });
      });
      await expectState(environment);
    },
    180 * SECONDS,
  );

  it(
    'running twice at once ends where one alone ends, and neither refuses anything',
    async () => {
      const environment = await freshEnvironment();
      await withPlatform(environment, async ({ operatorImport }) => {
        const reports = await Promise.all([0, 1].map(() => operatorImport.run(syntheaPaths())));
        const sum = (pick: (report: (typeof reports)[number]) => number) =>
          reports.reduce((all, report) => all + pick(report), 0);
        const { clinics, practitioners, patients, medicalRecords } = totals();
        expect(reports.flatMap(({ refusals }) => refusals)).toEqual([]);
        expect(sum((report) => report.clinics.created)).toBe(clinics);
        expect(sum((report) => report.practitioners.created)).toBe(practitioners);
        expect(sum((report) => report.patients.created)).toBe(patients);
        expect(sum((report) => report.patients.unchanged)).toBe(patients);
        expect(sum((report) => report.medicalRecords.created)).toBe(medicalRecords);
        expect(sum((report) => report.medicalRecords.updated)).toBe(0);
      });
      await expectState(environment);
    },
    120 * SECONDS,
  );

  async function expectState(environment: TestEnvironment): Promise<void> {
    expect(await rowsByClinic(environment)).toEqual(countsByClinic());
    const state = await withPlatform(environment, readableState);
    expect(hashOf(state)).toBe(hashOf(expected));
  }
});

async function freshEnvironment(): Promise<TestEnvironment> {
  const environment = await createTestEnvironment();
  onTestFinished(() => environment.remove());
  return environment;
}

/** Imports in a process of its own and kills it, some milliseconds after so many patients. Answers how many it had told of. */
async function killedAfter(environment: TestEnvironment, patients: number, moreMs: number): Promise<number> {
  const child = spawn(process.execPath, [CHILD, ...syntheaPaths()], {
    env: { ...process.env, ...environment.variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let told = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    told = Number(/^patients (\d+)$/.exec(line)?.[1] ?? told);
    if (told >= patients && line !== 'open') break;
  }
  await delay(moreMs);
  child.kill('SIGKILL');
  await exited;
  return told;
}
