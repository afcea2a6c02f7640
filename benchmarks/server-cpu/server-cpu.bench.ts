/**
 * What a request costs the server: processor time of the server's own process, divided by the requests, on one keep-alive
 * connection for each of eight requests at once. The load comes from this process; databases and stores that are processes of
 * their own are not counted.
 */
import { measureSideBySide, printCosts, type Subject } from '../harness/measure.ts';
import {
  type BenchEnvironment,
  createBenchEnvironment,
  type StoreKind,
  servicesAbsent,
} from '../harness/services.ts';
import { MeasuredServer } from './measured-server.ts';
import { buildMeasuredWorld } from './measured-world.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9);
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 1_000);

/** Ratios to bare Fastify; docs/performance.md says why. The embedded database works in the server's process. */
const BUDGETS = { services: { nonPhi: 12, phi: 24 }, embedded: { nonPhi: 18, phi: 55 } };
const TLS_BUDGET = 4;

interface Measured {
  readonly subjects: readonly Subject[];
  stop(): Promise<void>;
}

const absent = await servicesAbsent();
const measured = [
  await framework('Fastify, one route', 'bare-fastify', 1),
  await framework('Nest on Fastify, one route, no guards', 'nest', 1.8),
  ...(absent === undefined ? [await careward('services', true), await careward('services', false)] : []),
  await careward('embedded', true),
];
try {
  const costs = await measureSideBySide(
    measured.flatMap(({ subjects }) => subjects),
    ROUNDS,
  );
  printCosts(`Server CPU a request, ${ROUNDS} rounds of ${REQUESTS} requests`, costs);
  if (absent !== undefined) console.log(`  rows on Postgres and Redis ${absent}\n`);
} finally {
  for (const { stop } of measured) await stop();
}

async function framework(name: string, subject: string, budget: number): Promise<Measured> {
  const server = await MeasuredServer.start(subject);
  return {
    subjects: [{ name, round: () => server.cost('/answer/7', {}, REQUESTS), budget }],
    stop: () => server.stop(),
  };
}

/** Plain HTTP measures both routes; TLS is one row, of the non-PHI route. */
async function careward(kind: StoreKind, isPlain: boolean): Promise<Measured> {
  const environment = await createBenchEnvironment(kind, isPlain);
  const server = await MeasuredServer.start('careward', environment.variables);
  const { clinicPath, patientPath, doctor } = await buildMeasuredWorld(server);
  const stores = kind === 'services' ? 'Postgres, Redis' : 'embedded';
  const subject = (name: string, path: string, budget: number) => ({
    name: `${name} (${stores}${isPlain ? '' : ', TLS 1.3'})`,
    round: () => server.cost(path, doctor, REQUESTS),
    budget,
  });
  const { nonPhi, phi } = BUDGETS[kind];
  const clinic = subject('Full path, non-PHI', clinicPath, isPlain ? nonPhi : nonPhi + TLS_BUDGET);
  const patient = subject('PHI read with its ledger entry', patientPath, phi);
  return { subjects: isPlain ? [clinic, patient] : [clinic], stop: () => stop(server, environment) };
}

async function stop(server: MeasuredServer, environment: BenchEnvironment): Promise<void> {
  await server.stop();
  await environment.remove();
}
