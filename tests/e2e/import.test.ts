import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ImportReport } from '@careward/api-schema';
import { expect, test } from 'vitest';
import { runCareward, startCareward } from './run-careward.ts';
import { writeSampleBundle } from './sample-bundle.ts';
import { homeEnvironment, temporaryFolder } from './temporary-folder.ts';

const TIMEOUT_MS = 180_000;
const MANY = 800;

test('exit code 0 when all went in, also the second time, when nothing changes; 3 when something was refused', {
  timeout: TIMEOUT_MS,
}, async () => {
  const folder = await temporaryFolder();
  const environment = homeEnvironment(folder);
  const [good, bad, broken] = ['good.json', 'bad.json', 'broken.json'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeSampleBundle(good, { patients: 3 });
  await writeSampleBundle(bad, { patients: 5, birthDatesBefore: 4 });
  await writeFile(broken, '{"resourceType":"Bundle","entry":[{');

  const first = await runCareward(['import', good, '--json'], { environment });
  expect(first.code).toBe(0);
  expect(reportOf(first.out)).toMatchObject({
    patients: { created: 3 },
    medicalRecords: { created: 3 },
    refusals: [],
  });
  const again = await runCareward(['import', good, '--json'], { environment });
  expect(again.code).toBe(0);
  expect(reportOf(again.out)).toMatchObject({
    patients: { created: 0, unchanged: 3 },
    clinics: { created: 0, existing: 1 },
  });

  const partly = await runCareward(['import', bad], { environment });
  expect(partly.code).toBe(3);
  expect(partly.out).toContain('fhir-birth-date-missing');
  expect(partly.out).not.toContain('Family4');
  expect(await runCareward(['import', broken], { environment })).toMatchObject({
    code: 3,
    out: expect.stringContaining('fhir-json-truncated'),
  });
  expect(await runCareward(['ledger', 'verify'], { environment })).toMatchObject({ code: 0 });
});

test('an import that was killed goes on where it stopped, and the log is whole', {
  timeout: TIMEOUT_MS,
}, async () => {
  const folder = await temporaryFolder();
  const environment = homeEnvironment(folder);
  const file = join(folder, 'many.json');
  await writeSampleBundle(file, { patients: MANY });

  const killed = startCareward(['import', file], { environment });
  await killed.waitFor(/importing: patient 1 of about 800/);
  await delay(500);
  killed.kill('SIGKILL');
  expect(await killed.ended).toMatchObject({ signal: 'SIGKILL', out: '' });

  const { code, out } = await runCareward(['import', file, '--json'], { environment });
  expect(code).toBe(0);
  const { patients, medicalRecords } = reportOf(out);
  expect(patients.unchanged).toBeGreaterThan(0);
  expect(patients.created).toBeGreaterThan(0);
  expect(patients.created + patients.unchanged).toBe(MANY);
  expect(medicalRecords.created + medicalRecords.unchanged).toBe(MANY);
  expect(await runCareward(['ledger', 'verify'], { environment })).toMatchObject({ code: 0 });
});

function reportOf(out: string): ImportReport {
  return ImportReport.parse(JSON.parse(out));
}
