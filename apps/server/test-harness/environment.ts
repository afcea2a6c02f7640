/** The environment of a test server: a home of its own, and a database and store of the run's kind. */
import { randomInt } from 'node:crypto';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TEST_DATABASE_KIND } from './database.ts';
import { copyTemplate } from './embedded-template.ts';
import { openPostgresTestConnection } from './postgres-template.ts';

/** Environment variables of a server that nothing else shares, and how to remove what they name. */
export interface TestEnvironment {
  readonly home: string;
  readonly variables: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

const REDIS_URL = process.env.CAREWARD_TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

/** Every test comes from one address: the limits are not what these tests are about. */
const GENEROUS = {
  CAREWARD_ADDRESS_REQUESTS_PER_MINUTE: '1000000',
  CAREWARD_ADDRESS_BURST: '1000000',
  CAREWARD_PORT: '0',
  CAREWARD_METRICS_PORT: '0',
  CAREWARD_LOG_LEVEL: 'error',
  // Two cores run server, client and store at once.
  CAREWARD_REDIS_TIMEOUT_MS: '5000',
};

/** Makes a home in a temporary folder, with a migrated database. */
export async function createTestEnvironment(
  overrides: Record<string, string> = {},
): Promise<TestEnvironment> {
  const home = await mkdtemp(join(tmpdir(), 'careward-home-'));
  const services = TEST_DATABASE_KIND === 'postgres' ? await servicesOf() : await embedded(home);
  return {
    home,
    variables: { CAREWARD_HOME: home, ...GENEROUS, ...services.variables, ...overrides },
    remove: async () => {
      await services.remove();
      await rm(home, { recursive: true, force: true });
    },
  };
}

interface Services {
  readonly variables: Record<string, string>;
  remove(): Promise<void>;
}

async function embedded(home: string): Promise<Services> {
  const template = await copyTemplate();
  await cp(template, join(home, 'database'), { recursive: true });
  await rm(template, { recursive: true, force: true });
  return { variables: {}, remove: async () => undefined };
}

async function servicesOf(): Promise<Services> {
  const { connection, options, remove } = await openPostgresTestConnection();
  await connection.close();
  const { url, ownerUrl = url } = options;
  return {
    variables: {
      CAREWARD_DATABASE_URL: url,
      CAREWARD_DATABASE_OWNER_URL: ownerUrl,
      CAREWARD_REDIS_URL: someRedisDatabase(),
    },
    remove,
  };
}

/** One of the numbered databases: what other servers count of the same address would refuse this one's requests. */
function someRedisDatabase(): string {
  const url = new URL(REDIS_URL);
  url.pathname = `/${randomInt(1, 16)}`;
  return url.href;
}
