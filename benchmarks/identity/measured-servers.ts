/** The three servers and the four ways in which they are asked. */
import { createEmptyTestDatabase } from '../../apps/server/test-harness/postgres-template.ts';
import { openRedisClient } from '../../apps/server/test-harness/redis-client.ts';
import { BENCH_PUBLIC_URL, createBenchEnvironment, REDIS_URL } from '../harness/services.ts';
import { MeasuredServer } from '../server-cpu/measured-server.ts';
import { buildMeasuredWorld, DOCTOR, PASSWORD } from '../server-cpu/measured-world.ts';
import { BoundClient } from './bound-client.ts';
import { CLINIC_ID, createClinicTable } from './clinic-answer.ts';
import { requestBytes } from './load.ts';
import { type Asked, MeasuredSubject } from './measured-subject.ts';
import { seedSession, startSeedSession } from './seed-design.ts';

/** What is compared, and how to end it. */
export interface MeasuredServers {
  readonly unsecured: MeasuredSubject;
  readonly seedDesign: MeasuredSubject;
  readonly bearer: MeasuredSubject;
  readonly bound: MeasuredSubject;
  stop(): Promise<void>;
}

const AGENT = 'benchmark/1 (identity)';

/** Where Redis is for the servers, and how many requests are on the way at once. */
export interface Surroundings {
  readonly redisUrl: string;
  readonly connections: number;
}

/** Starts everything on the Postgres of the tests. */
export async function startMeasuredServers(surroundings: Surroundings): Promise<MeasuredServers> {
  const baselines = await startBaselines(surroundings);
  const careward = await startCareward(surroundings);
  return {
    ...baselines.subjects,
    ...careward.subjects,
    stop: async () => {
      await careward.stop();
      await baselines.stop();
    },
  };
}

async function startBaselines({ redisUrl, connections }: Surroundings) {
  const { options, remove } = await createEmptyTestDatabase();
  const database = options.ownerUrl ?? options.url;
  await createClinicTable(database);
  const variables = { BENCH_DATABASE_URL: database, BENCH_REDIS_URL: redisUrl };
  const plain = await MeasuredServer.start('unsecured', variables);
  const seed = await MeasuredServer.start('seed-design', variables);
  const redis = await openRedisClient(REDIS_URL);
  const token = await startSeedSession(redis, seedSession(0, AGENT));
  redis.destroy();
  const path = `/clinics/${CLINIC_ID}`;
  const headers = { 'user-agent': AGENT };
  const unsecured = fixed('no security', { server: plain, connections }, path, headers);
  const asSeed = { ...headers, authorization: `Bearer ${token}` };
  const seedDesign = fixed('the design replaced', { server: seed, connections }, path, asSeed);
  return {
    subjects: { unsecured, seedDesign },
    stop: () => end([plain, seed], remove),
  };
}

async function startCareward({ redisUrl, connections }: Surroundings) {
  const environment = await createBenchEnvironment('services', true);
  const variables = { ...environment.variables, CAREWARD_REDIS_URL: redisUrl };
  const server = await MeasuredServer.start('careward', variables);
  const { clinicPath, doctor } = await buildMeasuredWorld(server);
  const bearer = fixed('full path, bearer token', { server, connections }, clinicPath, doctor);
  const bound = await boundSubject({ server, connections }, clinicPath, doctor['x-clinic-id'] ?? '');
  return { subjects: { bearer, bound }, stop: () => end([server], environment.remove) };
}

/** The same request again and again. */
function fixed(name: string, asked: Asked, path: string, headers: Readonly<Record<string, string>>) {
  const bytes = requestBytes(asked.server.url, path, headers);
  return new MeasuredSubject(name, asked, { prepare: async () => () => bytes });
}

/** Every request with a proof of its own, made beforehand: what the client spends on it is not measured. */
async function boundSubject(asked: Asked, path: string, clinicId: string): Promise<MeasuredSubject> {
  const { url } = asked.server;
  const client = new BoundClient(url, BENCH_PUBLIC_URL, AGENT);
  await client.signIn(DOCTOR, PASSWORD);
  const prepare = async (count: number) => {
    await client.renewNonce(path);
    const all = Array.from({ length: count }, () => {
      const headers = { ...client.headersFor('GET', path), 'x-clinic-id': clinicId };
      return requestBytes(url, path, headers);
    });
    return (number: number) => all[number] ?? Buffer.alloc(0);
  };
  return new MeasuredSubject('full path, DPoP proof (ES256)', asked, { prepare });
}

async function end(servers: readonly MeasuredServer[], remove: () => Promise<void>): Promise<void> {
  for (const server of servers) await server.stop();
  await remove();
}
