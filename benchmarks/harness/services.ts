/** Environments of servers to be measured: embedded, or on the Postgres and Redis of the tests when they answer. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROLES } from '@careward/access-policy';
import { copyTemplate } from '../../apps/server/test-harness/embedded-template.ts';
import { openPostgresTestConnection } from '../../apps/server/test-harness/postgres-template.ts';

/** Variables of a server that nothing else shares, and how to remove what they name. */
export interface BenchEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Which stores a server stands on. */
export type StoreKind = 'embedded' | 'services';

/** Where every measured server says that it is, whatever its socket: what proofs of possession have to name. */
export const BENCH_PUBLIC_URL = 'https://localhost:8443';

const POSTGRES_URL = process.env.CAREWARD_TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';
/** The Redis of the tests. */
export const REDIS_URL = process.env.CAREWARD_TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

/** Limits are in the path that is measured, but must not end it. Both kinds of token are measured, and people sign in by script. */
const COMMON = {
  CAREWARD_ADDRESS_REQUESTS_PER_MINUTE: '1000000',
  CAREWARD_ADDRESS_BURST: '1000000',
  CAREWARD_ACCOUNT_REQUESTS_PER_MINUTE: '1000000',
  CAREWARD_ACCOUNT_BURST: '1000000',
  CAREWARD_CLINIC_REQUESTS_PER_MINUTE: '10000000',
  CAREWARD_CLINIC_BURST: '10000000',
  CAREWARD_SECOND_FACTOR_ROLES: 'none',
  CAREWARD_BEARER_ROLES: ROLES.join(','),
  CAREWARD_PUBLIC_URL: BENCH_PUBLIC_URL,
  // Two cores run server, client and store at once.
  CAREWARD_REDIS_TIMEOUT_MS: '5000',
  CAREWARD_ACCESS_TOKEN_SECONDS: '900',
  CAREWARD_PORT: '0',
  CAREWARD_METRICS_PORT: '0',
};

/** Why the rows on Postgres and Redis have to be left out; undefined when both answer. */
export async function servicesAbsent(): Promise<string | undefined> {
  for (const [name, address, port] of [
    ['Postgres', POSTGRES_URL, 5432],
    ['Redis', REDIS_URL, 6379],
  ] as const) {
    const url = new URL(address);
    const host = `${url.hostname}:${url.port || port}`;
    if (!(await answers(url.hostname, Number(url.port || port)))) return `skipped: no ${name} at ${host}`;
  }
  return undefined;
}

/** Makes a home in a temporary folder, with a migrated database. */
export async function createBenchEnvironment(kind: StoreKind, isPlain: boolean): Promise<BenchEnvironment> {
  const home = await mkdtemp(join(tmpdir(), 'careward-bench-'));
  const stores = kind === 'services' ? await serviceStores() : await embeddedStores(home);
  return {
    variables: {
      CAREWARD_HOME: home,
      ...COMMON,
      ...stores.variables,
      ...(isPlain && { CAREWARD_PLAIN_HTTP: 'true' }),
    },
    remove: async () => {
      await stores.remove();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function embeddedStores(home: string): Promise<BenchEnvironment> {
  const template = await copyTemplate();
  await cp(template, join(home, 'database'), { recursive: true });
  await rm(template, { recursive: true, force: true });
  return { variables: {}, remove: async () => undefined };
}

async function serviceStores(): Promise<BenchEnvironment> {
  const { connection, options, remove } = await openPostgresTestConnection();
  await connection.close();
  const variables = {
    CAREWARD_DATABASE_URL: options.url,
    CAREWARD_DATABASE_OWNER_URL: options.ownerUrl ?? options.url,
    CAREWARD_REDIS_URL: REDIS_URL,
  };
  return { variables, remove };
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1_000 });
    const end = (isThere: boolean) => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once('connect', () => end(true));
    for (const event of ['error', 'timeout']) socket.once(event, () => end(false));
  });
}
