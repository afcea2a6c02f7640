// What each class of routes does when the shared store is dead, hung, closed to us, full, empty, or without our functions: authentication and
// PHI are closed, health and what is public stay open, address limits are kept in this process. One row, one test.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  startTwoClinics,
  TEST_DATABASE_KIND,
  TEST_PASSWORD,
  type TestServer,
  type TwoClinics,
} from '../../../test-harness/index.ts';
import { openRedisClient } from '../../../test-harness/redis-client.ts';
import { type SpawnedRedis, spawnRedis } from '../../../test-harness/redis-server.ts';

const BURST = 500;
let addresses = 0;
const nextAddress = () => `198.51.100.${++addresses}`;

interface Failure {
  readonly name: string;
  readonly begin: (redis: SpawnedRedis) => Promise<unknown>;
  readonly end: (redis: SpawnedRedis) => Promise<unknown>;
}

const FAILURES: readonly Failure[] = [
  { name: 'dead', begin: (redis) => redis.kill(), end: (redis) => redis.restart() },
  {
    name: 'hung',
    begin: async (redis) => redis.signal('SIGSTOP'),
    end: async (redis) => redis.signal('SIGCONT'),
  },
  {
    name: 'without the right to anything',
    begin: (redis) => command(redis, 'ACL', 'SETUSER', 'default', '-@all', '+acl', '+auth'),
    end: (redis) => command(redis, 'ACL', 'SETUSER', 'default', '+@all'),
  },
];

/** Route class, request, what it answers while the store fails. */
const ROWS: readonly (readonly [string, (server: Shop) => Promise<{ status: number }>, number])[] = [
  ['a signed-in person', ({ world }) => world.north.staff.DOCTOR.get('/api/v1/users/me'), 503],
  ['PHI', ({ world }) => world.north.staff.DOCTOR.get('/api/v1/patients'), 503],
  ['a change', ({ world }) => world.administrator.post('/api/v1/clinics', { name: 'Late' }), 503],
  ['sign-in', ({ nobody }) => nobody.post('/api/v1/auth/sign-in', SIGN_IN), 503],
  ['refresh', ({ nobody, refreshToken }) => nobody.post('/api/v1/auth/refresh', { refreshToken }), 503],
  ['a token that is no token', ({ nobody }) => nobody.with(FORGED).get('/api/v1/users/me'), 401],
  ['nobody', ({ nobody }) => nobody.get('/api/v1/users/me'), 401],
  ['the key of the ledger', ({ nobody }) => nobody.get('/api/v1/ledger/key'), 200],
  ['the keys of tokens', ({ nobody }) => nobody.get('/.well-known/jwks.json'), 200],
  ['the description of the API', ({ nobody }) => nobody.get('/api/v1/openapi.json'), 200],
  ['liveness', ({ nobody }) => nobody.get('/health/live'), 200],
  ['readiness, which is looked at once a while', ({ nobody }) => soonUnready(nobody), 503],
];

const SIGN_IN = { email: 'doctor@north.example.org', password: TEST_PASSWORD };
const FORGED = { authorization: 'Bearer a.b.c' };

type Shop = TestServer & { readonly world: TwoClinics; readonly refreshToken: string };

describe.runIf(TEST_DATABASE_KIND === 'postgres')('with the shared store', () => {
  let redis: SpawnedRedis;
  let shop: Shop;
  beforeAll(async () => {
    redis = await spawnRedis();
    const server = await startTwoClinics({
      CAREWARD_REDIS_URL: redis.url,
      CAREWARD_REDIS_TIMEOUT_MS: '1000',
      CAREWARD_ADDRESS_BURST: String(BURST),
      CAREWARD_ADDRESS_REQUESTS_PER_MINUTE: '60',
      CAREWARD_TRUSTED_PROXIES: '127.0.0.1',
    });
    const { body } = await server.nobody.post<{ refreshToken: string }>('/api/v1/auth/sign-in', SIGN_IN);
    shop = { ...server, refreshToken: body.refreshToken };
  });
  afterAll(async () => {
    redis.signal('SIGCONT');
    await shop.stop();
    await redis.close();
  });

  describe.each(FAILURES)('$name', ({ begin, end }) => {
    beforeAll(() => begin(redis));
    afterAll(async () => {
      await end(redis);
      await untilHealthy(shop);
    });

    it.each(ROWS)('%s', async (_name, request, status) => {
      expect((await request(shop)).status).toBe(status);
    });

    it('limits are kept in this process', async () => {
      const elsewhere = shop.nobody.with({ 'x-forwarded-for': nextAddress() });
      const answers = await Promise.all(
        Array.from({ length: 2 * BURST }, () => elsewhere.get('/api/v1/ledger/key')),
      );
      const refused = answers.filter(({ status }) => status === 429).length;
      expect(refused).toBeGreaterThan(BURST / 2);
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    });
  });

  it('full starts no session, keeps those there are, and still ends them', async () => {
    const person = await shop.nobody.signIn(SIGN_IN.email, SIGN_IN.password);
    await command(redis, 'CONFIG', 'SET', 'maxmemory', '1');
    try {
      expect((await person.get('/api/v1/users/me')).status).toBe(200);
      expect((await shop.nobody.post('/api/v1/auth/sign-in', SIGN_IN)).status).toBe(503);
      expect((await person.post('/api/v1/auth/sign-out', undefined)).status).toBe(204);
      expect((await person.get('/api/v1/users/me')).status).toBe(401);
    } finally {
      await command(redis, 'CONFIG', 'SET', 'maxmemory', '0');
    }
  });

  it('without our functions loads them again and answers', async () => {
    await command(redis, 'FUNCTION', 'FLUSH');
    const again = await shop.nobody.signIn(SIGN_IN.email, SIGN_IN.password);
    await command(redis, 'FUNCTION', 'FLUSH');
    expect((await again.get('/api/v1/users/me')).status).toBe(200);
  });

  it('that has lost everything signs people out, and lets them in again', async () => {
    const person = await shop.nobody.signIn(SIGN_IN.email, SIGN_IN.password);
    await command(redis, 'FLUSHALL');
    expect((await person.get('/api/v1/users/me')).status).toBe(401);
    const again = await shop.nobody.signIn(SIGN_IN.email, SIGN_IN.password);
    expect((await again.get('/api/v1/users/me')).status).toBe(200);
  });
});

async function soonUnready(nobody: Shop['nobody']): Promise<{ status: number }> {
  for (let tries = 0; ; tries += 1) {
    const answer = await nobody.get('/health/ready');
    if (answer.status === 503 || tries === 50) return answer;
    await new Promise((passed) => setTimeout(passed, 100));
  }
}

/** Waits until the store is believed again. */
async function untilHealthy({ nobody }: Shop): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await nobody.get('/health/ready')).status === 200) return;
    await new Promise((passed) => setTimeout(passed, 100));
  }
  throw new Error('the store did not come back');
}

async function command({ url }: SpawnedRedis, ...words: string[]): Promise<void> {
  const client = await openRedisClient(url);
  await client.sendCommand(words);
  client.destroy();
}
