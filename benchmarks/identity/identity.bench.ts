/**
 * What identity costs a request: the same route, reading the same kind of row from Postgres, on the same Nest and Fastify, without any
 * security, with the guard that Careward's identity replaces, and through Careward's whole path. One process a server, the load
 * from this one over plain sockets; Postgres and Redis are processes of their own. Then the memory of a session on Redis.
 */
import { type Cost, measureSideBySide, printCosts, summarise } from '../harness/measure.ts';
import { REDIS_URL, servicesAbsent } from '../harness/services.ts';
import { DistantStore } from './distant-store.ts';
import { type MeasuredServers, type Surroundings, startMeasuredServers } from './measured-servers.ts';
import type { MeasuredSubject } from './measured-subject.ts';
import { measureSessionMemory } from './session-memory.ts';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 4_000);
const WARM_UPS = 2;

const REQUESTS_A_SECOND = { unit: 'requests/s', perOperation: 1 };

/** Ratios of processor time to the server without security. docs/performance.md says why. */
const BUDGETS = { bearer: 6, bound: 11 };
/** How the full path has to stand beside the design replaced: in requests/s with Redis beside it, in time with a distant one. */
const LEAST_AGAINST_SEED = { near: 0.5, distant: 3 };

const absent = await servicesAbsent();
if (absent === undefined) {
  await measureAt({ redisUrl: REDIS_URL, connections: 32 }, measure);
  const distant = await DistantStore.open(1);
  await measureAt({ redisUrl: distant.url, connections: 1 }, measureDistant);
  distant.close();
  await measureSessionMemory();
} else {
  console.log(`  everything here ${absent}\n`);
}

async function measureAt(
  surroundings: Surroundings,
  work: (servers: MeasuredServers) => Promise<void>,
): Promise<void> {
  const servers = await startMeasuredServers(surroundings);
  try {
    await work(servers);
  } finally {
    await servers.stop();
  }
}

async function measure(servers: MeasuredServers): Promise<void> {
  const subjects = [servers.unsecured, servers.bearer, servers.bound, servers.seedDesign];
  for (const subject of subjects) await subject.warmUp();
  const costs = await measureSideBySide(
    subjects.map((subject) => ({ name: subject.name, round: () => subject.saturated(REQUESTS) })),
    ROUNDS,
  );
  printCosts(`At full load, ${ROUNDS} rounds of ${REQUESTS} requests`, costs, REQUESTS_A_SECOND);
  printCosts(
    "The server's processor time a request",
    subjects.map((subject) => processorCost(subject, servers)),
  );
  const [, bearer, bound, seed] = costs;
  if (bearer === undefined || bound === undefined || seed === undefined) return;
  requireLeast('the requests/s of the design replaced', seed.best / bearer.best, LEAST_AGAINST_SEED.near);
  await measureLatency(servers, 1_000_000 / bearer.best / 2, 1_000_000 / bound.best / 2);
}

function processorCost(subject: MeasuredSubject, { bearer, bound }: MeasuredServers): Cost {
  const budget = subject === bearer ? BUDGETS.bearer : subject === bound ? BUDGETS.bound : undefined;
  return { ...summarise(subject.name, subject.processor.slice(WARM_UPS)), budget };
}

/** One request after the other, with a store that is a millisecond away: what each question to it costs the one who waits. */
async function measureDistant(servers: MeasuredServers): Promise<void> {
  const subjects = [servers.bearer, servers.bound, servers.seedDesign].map((subject) => ({
    name: subject.name,
    round: () => subject.saturated(REQUESTS / 20),
  }));
  const costs = await measureSideBySide(subjects, ROUNDS);
  printCosts('One request at a time, Redis a millisecond further away', costs);
  const [bearer, , seed] = costs;
  if (bearer && seed) {
    const times = seed.best / bearer.best;
    requireLeast(
      'the time of the full path is that of the design replaced',
      times,
      LEAST_AGAINST_SEED.distant,
    );
  }
}

/** Half of what each way of asking allows at most, beside the server without security at the same rate. */
async function measureLatency(
  servers: MeasuredServers,
  bearerRate: number,
  boundRate: number,
): Promise<void> {
  for (const [subject, rate] of [
    [servers.bearer, bearerRate],
    [servers.bound, boundRate],
  ] as const) {
    const rounds = [servers.unsecured, subject].map((each) => ({
      name: each.name,
      round: async () => (await each.slowestHundredth(Math.ceil(rate * 2), rate)) * 1_000,
    }));
    const costs = await measureSideBySide(rounds, ROUNDS);
    printCosts(`99th percentile at ${Math.round(rate)} requests/s, half of the most`, costs);
    const [without, within] = costs;
    if (without && within) printAdded(subject.name, without, within);
  }
}

function printAdded(name: string, without: Cost, within: Cost): void {
  const added = [within.best - without.best, within.median - without.median];
  const [best, median] = added.map((micros) => `${(micros / 1_000).toFixed(2)} ms`);
  console.log(`  ${name} adds ${best} (best), ${median} (median)\n`);
}

function requireLeast(name: string, times: number, least: number): void {
  console.log(`  ${times.toFixed(2)} times ${name}\n`);
  if (times < least) overBudget(`${name}: at least ${least} times`);
}

function overBudget(name: string): void {
  console.log(`  OVER BUDGET: ${name}\n`);
  process.exitCode = 1;
}
