import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { newId } from '@careward/kernel';
import { expect, test } from 'vitest';
import { planImport } from './plan-import.ts';
import { fileSource } from './random-access-source.ts';

const MEGABYTE = 1_000_000;
const VISITS = 40;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

test('a bundle of 100 MB is planned within 80 MB of heap', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'careward-'));
  const path = join(folder, 'large.json');
  try {
    const patients = 250;
    await pipeline(Readable.from(largeBundle(patients)), createWriteStream(path));
    const source = await fileSource(path);
    expect(source.size).toBeGreaterThan(100 * MEGABYTE);
    collectGarbage();
    const before = process.memoryUsage().heapUsed;
    let planned = 0;
    let most = 0;
    for await (const step of planImport([source])) {
      if (step.kind === 'patient' && planned++ % 50 === 0) {
        collectGarbage();
        most = Math.max(most, process.memoryUsage().heapUsed - before);
      }
    }
    await source.close();
    expect(planned).toBe(patients);
    expect(most).toBeLessThan(80 * MEGABYTE);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** About 400 kB a patient, in the proportions of a real export: most of it is what is not imported. */
function* largeBundle(patients: number): Generator<string> {
  yield '{"resourceType":"Bundle","entry":[';
  for (let index = 0; index < patients; index++) {
    yield `${index === 0 ? '' : ','}${[...onePatient(index)].map((resource) => JSON.stringify({ resource })).join(',')}`;
  }
  yield ']}';
}

function* onePatient(index: number): Generator<object> {
  const patient = newId();
  const organization = `00000000-0000-4000-8000-${String(index % 20).padStart(12, '0')}`;
  yield { resourceType: 'Organization', id: organization, name: `Clinic ${index % 20}` };
  yield {
    resourceType: 'Patient',
    id: patient,
    birthDate: '1980-01-01',
    name: [{ text: `Patient ${index}` }],
  };
  const subject = { reference: `urn:uuid:${patient}` };
  for (let visit = 0; visit < VISITS; visit++) {
    const id = newId();
    const encounter = { reference: `urn:uuid:${id}` };
    const period = { start: `2020-01-01T00:00:${String(visit).padStart(2, '0')}Z` };
    yield {
      resourceType: 'Encounter',
      id,
      subject,
      period,
      serviceProvider: { reference: `urn:uuid:${organization}` },
    };
    yield { resourceType: 'Condition', id: newId(), subject, encounter, code: { text: `Finding ${visit}` } };
    for (let each = 0; each < 10; each++) {
      yield { resourceType: 'Observation', id: newId(), subject, encounter, text: { div: 'x'.repeat(800) } };
    }
  }
}
