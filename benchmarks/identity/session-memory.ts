/** What a session takes of Redis' memory, in Careward's form and in that of the design replaced. Filled through the stores' own code. */
import { randomUUID } from 'node:crypto';
import { type AccountId, asClinicId, newId, Secret, type SessionId, systemClock } from '@careward/kernel';
import { writeSessionBody } from '../../apps/server/src/authentication/sessions/session-body.ts';
import { openStores } from '../../apps/server/src/connections/index.ts';
import { openRedisClient, type RedisClient } from '../../apps/server/test-harness/redis-client.ts';
import { REDIS_URL } from '../harness/services.ts';
import { seedSession, startSeedSession } from './seed-design.ts';

const SESSIONS = Number(process.env.BENCH_SESSIONS ?? 100_000);
const AT_ONCE = 200;
const PLANNED = 50_000_000;
/** Bytes of one session of an account that has no other. */
const BUDGET = 1_000;
const AGENT =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
/** A numbered database that no test uses. */
const DATABASE_URL = Object.assign(new URL(REDIS_URL), { pathname: '/15' }).href;

/** Fills Redis with sessions in both forms and prints what one takes. */
export async function measureSessionMemory(): Promise<void> {
  const redis = await openRedisClient(DATABASE_URL);
  try {
    console.log(`Memory of a session on Redis, ${SESSIONS} sessions\n`);
    const single = await bytesOf(redis, () => fillOurs(1));
    print('one session an account', single);
    print('five sessions an account', await bytesOf(redis, () => fillOurs(5)));
    print('the design replaced, one session a user', await bytesOf(redis, () => fillSeed(redis)));
    if (single > BUDGET) overBudget();
  } finally {
    await redis.flushDb();
    redis.destroy();
  }
}

/** Bytes that each session adds to what the server uses. */
async function bytesOf(redis: RedisClient, fill: () => Promise<void>): Promise<number> {
  await redis.flushDb();
  const before = await usedMemory(redis);
  await fill();
  return ((await usedMemory(redis)) - before) / SESSIONS;
}

async function fillOurs(each: number): Promise<void> {
  const store = { redisUrl: Secret.of(DATABASE_URL), commandTimeoutMs: 5_000 };
  const { identity, close } = await openStores(store, systemClock);
  const accounts = Array.from({ length: SESSIONS / each }, () => newId<AccountId>());
  await startAll(async (number) => {
    const accountId = accounts[Math.floor(number / each)] ?? newId<AccountId>();
    await identity.create(
      {
        accountId,
        sessionId: newId<SessionId>(),
        idleMs: 1_800_000,
        absoluteMs: 604_800_000,
        epoch: 0,
        rightsVersion: 1,
        fingerprint: '0123456789abcdef',
        refreshHash: randomUUID(),
        body: sessionBody(),
      },
      { maximum: 5, atCap: 'end-oldest' },
    );
  });
  await close();
}

/** What is remembered of a doctor of one clinic with a bound client and a device that is known. */
function sessionBody(): string {
  const clinicId = asClinicId(newId());
  return writeSessionBody({
    rights: { platformRole: null, memberships: [{ clinicId, roles: ['DOCTOR'] }] },
    clinicId,
    keyThumbprint: '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
    kind: 'browser',
    deviceId: randomUUID(),
    methods: ['pwd', 'otp'],
    provenAt: Date.now(),
    address: '192.0.2.44',
    agent: AGENT,
  });
}

function fillSeed(redis: RedisClient): Promise<void> {
  return startAll((number) => startSeedSession(redis, seedSession(number, AGENT)));
}

async function startAll(start: (number: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < SESSIONS) {
      next += 1;
      await start(next - 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function usedMemory(redis: RedisClient): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);
}

function print(name: string, bytes: number): void {
  const gigabytes = (bytes * PLANNED) / 1_000_000_000;
  console.log(
    `  ${name.padEnd(46)}${bytes.toFixed(0).padStart(8)} bytes${gigabytes.toFixed(0).padStart(8)} GB for 50 million`,
  );
}

function overBudget(): void {
  console.log(`\n  OVER BUDGET: at most ${BUDGET} bytes for the session of an account`);
  process.exitCode = 1;
}
