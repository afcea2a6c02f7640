/** The environment of a test server: a home of its own, and a database and store of the run's kind. */
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROLES } from '@careward/access-policy';
import { createClient } from 'redis';
import { TEST_PUBLIC_URL } from './client.ts';
import { TEST_DATABASE_KIND } from './database.ts';
import { copyTemplate } from './embedded-template.ts';
import { copyTestDatabase, type OwnDatabase, openPostgresTestConnection } from './postgres-template.ts';

/** Environment variables of a server that nothing else shares, and how to remove what they name. */
export interface TestEnvironment {
  readonly home: string;
  readonly variables: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

const REDIS_URL = process.env.CAREWARD_TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

/** Every test comes from one address: limits are not what these tests are about. */
const GENEROUS = {
  CAREWARD_ADDRESS_REQUESTS_PER_MINUTE: '1000000',
  CAREWARD_ADDRESS_BURST: '1000000',
  CAREWARD_MAIL_REQUESTS_PER_HOUR: '1000000',
  CAREWARD_PORT: '0',
  CAREWARD_PUBLIC_URL: TEST_PUBLIC_URL,
  CAREWARD_METRICS_PORT: '0',
  CAREWARD_ACCOUNT_REQUESTS_PER_MINUTE: '1000000',
  CAREWARD_ACCOUNT_BURST: '1000000',
  CAREWARD_SIGN_IN_FAILURES_PER_ADDRESS: '1000000',
  CAREWARD_SIGN_IN_FAILURES_PER_ACCOUNT: '1000000',
  CAREWARD_CLINIC_REQUESTS_PER_MINUTE: '1000000',
  CAREWARD_CLINIC_BURST: '1000000',
  // Suites about second factors and bound keys say so; the others are about what comes after the sign-in.
  CAREWARD_SECOND_FACTOR_ROLES: 'none',
  CAREWARD_BEARER_ROLES: ROLES.join(','),
  CAREWARD_LOG_LEVEL: 'error',
  // Two cores run server, client and store at once.
  CAREWARD_REDIS_TIMEOUT_MS: '5000',
};

/** Makes a home in a temporary folder, with a migrated database. */
export async function createTestEnvironment(
  overrides: Record<string, string> = {},
): Promise<TestEnvironment> {
  const home = await newHome();
  if (TEST_DATABASE_KIND === 'postgres') {
    const { connection, ...database } = await openPostgresTestConnection();
    await connection.close();
    return environmentOf(home, await servicesOf(database), overrides);
  }
  const template = await copyTemplate();
  await cp(template, join(home, 'database'), { recursive: true });
  await rm(template, { recursive: true, force: true });
  return environmentOf(home, NO_SERVICES, overrides);
}

/** An environment whose server was stopped. Its sessions and its mail are not copied. */
export interface StoppedEnvironment {
  readonly home: string;
  /** Its database on the server; undefined when that is in the home. */
  readonly database: string | undefined;
}

/** Makes an environment like another. */
export async function copyTestEnvironment(
  { home: original, database }: StoppedEnvironment,
  overrides: Record<string, string> = {},
): Promise<TestEnvironment> {
  const home = await newHome();
  await cp(original, home, { recursive: true });
  for (const name of ['mail', 'sessions']) await rm(join(home, name), { recursive: true, force: true });
  if (database === undefined) return environmentOf(home, NO_SERVICES, overrides);
  return environmentOf(home, await servicesOf(await copyTestDatabase(database)), overrides);
}

interface Services {
  readonly variables: Record<string, string>;
  remove(): Promise<void>;
}

const NO_SERVICES: Services = { variables: {}, remove: async () => undefined };

function newHome(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'careward-home-'));
}

function environmentOf(home: string, services: Services, overrides: Record<string, string>): TestEnvironment {
  return {
    home,
    variables: { CAREWARD_HOME: home, ...GENEROUS, ...services.variables, ...overrides },
    remove: async () => {
      await services.remove();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function servicesOf({ options, remove }: OwnDatabase): Promise<Services> {
  const { url, ownerUrl = url } = options;
  return {
    variables: {
      CAREWARD_DATABASE_URL: url,
      CAREWARD_DATABASE_OWNER_URL: ownerUrl,
      CAREWARD_REDIS_URL: await ownRedisDatabase(),
    },
    remove,
  };
}

const DATABASES_OF_A_WORKER = 7;
let made = 0;

/**
 * An empty numbered database that no other living server uses: what others count of the same address, or counted before, would refuse
 * this one's requests. Each of the two workers has seven of the fifteen.
 */
async function ownRedisDatabase(): Promise<string> {
  const worker = Number(process.env.VITEST_POOL_ID ?? 0) % 2;
  made = (made % DATABASES_OF_A_WORKER) + 1;
  const url = new URL(REDIS_URL);
  url.pathname = `/${worker * DATABASES_OF_A_WORKER + made}`;
  const client = await createClient({ url: url.href }).connect();
  await client.flushDb();
  await client.close();
  return url.href;
}
