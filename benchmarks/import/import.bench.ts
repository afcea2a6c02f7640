/**
 * How fast FHIR bundles are imported: every patient gets a key, every visit becomes a sealed medical record, every write an audit
 * entry. The measure is `JSON.parse` of the same file. Processor time of this process; the embedded database runs in it.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfiguration, openPlatform, type Platform } from '@careward/server';
import {
  measureSideBySide,
  printCosts,
  processorMicros,
  type Subject,
  summarise,
} from '../harness/measure.ts';
import { createBenchEnvironment, type StoreKind, servicesAbsent } from '../harness/services.ts';
import { measuredBundle } from './measured-bundle.ts';

const ROUNDS = 3;
const PARSED_TIMES = 20;
const RESOURCES = measuredBundle().entry.length;
const folder = await mkdtemp(join(tmpdir(), 'careward-bench-import-'));
const absent = await servicesAbsent();
let files = 0;
try {
  await measureImport('embedded');
  if (absent === undefined) await measureImport('services');
  else console.log(`  import into Postgres ${absent}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measureImport(kind: StoreKind): Promise<void> {
  const environment = await createBenchEnvironment(kind, true);
  const platform = await openPlatform(
    loadConfiguration({ ...environment.variables, CAREWARD_LOG_LEVEL: 'silent' }),
  );
  try {
    const { subjects, elapsed } = importSubjects(platform, kind);
    const title = `Import into ${kind === 'embedded' ? 'the embedded database' : 'Postgres'}`;
    printCosts(`${title}, processor time a resource`, await measureSideBySide(subjects, ROUNDS));
    const clock = [...elapsed].map(([name, rounds]) => summarise(name, rounds));
    printCosts(`${title}, elapsed time a resource`, clock, { unit: 'resources/s', perOperation: 1 });
  } finally {
    await platform.close();
    await environment.remove();
  }
}

/** Each round brings patients that nobody knows yet; the last subject brings the same ones again. `elapsed`: by the clock. */
function importSubjects(
  platform: Platform,
  kind: StoreKind,
): { subjects: Subject[]; elapsed: Map<string, number[]> } {
  const elapsed = new Map<string, number[]>();
  let latest: MeasuredFile | undefined;
  const subject = (
    name: string,
    file: () => Promise<MeasuredFile>,
    work: (path: string) => Promise<unknown>,
  ) => ({
    name,
    round: async () => {
      const { path, resources } = await file();
      return await processorMicros(resources, async () => {
        const startedAt = performance.now();
        await work(path);
        const micros = ((performance.now() - startedAt) * 1_000) / resources;
        elapsed.set(name, [...(elapsed.get(name) ?? []), micros]);
      });
    },
  });
  const next = async () => {
    latest = await newFile();
    return latest;
  };
  const again = async () => latest ?? (await next());
  // Parsing once is too short for a clock that also counts the collection of garbage.
  const manyTimes = async () => ({ path: (await newFile()).path, resources: RESOURCES * PARSED_TIMES });
  const read = async (path: string) => {
    for (let left = PARSED_TIMES; left > 0; left -= 1) JSON.parse(await readFile(path, 'utf8'));
  };
  const load = (path: string) => importFile(platform, path);
  const subjects = [
    subject('JSON.parse of the file', manyTimes, read),
    { ...subject('import, all new', next, load), budget: kind === 'embedded' ? 450 : 220 },
    { ...subject('import, all known', again, load), budget: kind === 'embedded' ? 160 : 120 },
  ];
  return { subjects, elapsed };
}

interface MeasuredFile {
  readonly path: string;
  readonly resources: number;
}

async function importFile(platform: Platform, path: string): Promise<void> {
  const { refusals } = await platform.operatorImport.run([path]);
  if (refusals.length > 0) throw new Error(`the measured bundle was refused: ${refusals[0]?.reason}`);
}

async function newFile(): Promise<MeasuredFile> {
  const bundle = measuredBundle();
  files += 1;
  const path = join(folder, `${files}.json`);
  await writeFile(path, JSON.stringify(bundle));
  return { path, resources: bundle.entry.length };
}
