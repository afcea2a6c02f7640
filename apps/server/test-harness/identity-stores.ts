import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AccountId, newId, Secret, type SessionId, systemClock } from '@careward/kernel';
import { EmbeddedIdentityStore } from '../src/connections/stores/embedded-identity-store.ts';
import { EmbeddedLimitStore } from '../src/connections/stores/embedded-limit-store.ts';
import type { GateQuestion, IdentityStore, NewSession } from '../src/connections/stores/identity-store.ts';
import type { LimitStore } from '../src/connections/stores/limit-store.ts';
import { RedisCluster } from '../src/connections/stores/redis-cluster.ts';
import { RedisConnection } from '../src/connections/stores/redis-connection.ts';
import { RedisIdentityStore } from '../src/connections/stores/redis-identity-store.ts';
import { RedisLimitStore } from '../src/connections/stores/redis-limit-store.ts';
import { openRedisClient } from './redis-client.ts';
import { spawnRedisCluster } from './redis-server.ts';

/** One implementation, and a way to let its own time pass. */
export interface IdentityStoreUnderTest {
  readonly store: IdentityStore;
  readonly limits: LimitStore;
  readonly now: () => number;
  readonly pass: (ms: number) => Promise<void>;
  /** How often an answer of it was waited for. */
  readonly roundTrips: () => number;
  readonly isCluster: boolean;
  readonly close: () => Promise<void>;
}

/** The Redis of this machine's tests. */
export const TEST_REDIS_URL = process.env.CAREWARD_TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';
/** Whether tests run on real services as well. */
export const WITH_SERVICES = process.env.CAREWARD_TEST_SERVICES === '1';
/** Far from refusing anything. */
export const WIDE_LIMIT = { intervalMs: 1, burst: 100_000 };
/** As many sessions as a test may want. */
export const WIDE_CAP = { maximum: 1_000, atCap: 'refuse' } as const;

/** Every implementation by name; Redis and a cluster of it only with CAREWARD_TEST_SERVICES=1. */
export const IDENTITY_STORES: readonly (readonly [string, () => Promise<IdentityStoreUnderTest>])[] = [
  ['embedded', openEmbedded],
  ...(WITH_SERVICES
    ? ([
        ['redis', openRedis],
        ['redis-cluster', openCluster],
      ] as const)
    : []),
];

/** A session of a new account, or of the one named. */
export function newSession(extra: Partial<NewSession> = {}): NewSession {
  return {
    accountId: newId<AccountId>(),
    sessionId: newId<SessionId>(),
    idleMs: 30_000,
    absoluteMs: 60_000,
    epoch: 3,
    rightsVersion: 7,
    fingerprint: '00ff00ff00ff00ff',
    refreshHash: 'first',
    body: '{"name":"Ünïcode \\u0000 \\"quoted\\""}',
    ...extra,
  };
}

/** The question of a request with that session. */
export function questionOf(
  { accountId, sessionId, fingerprint }: NewSession,
  extra: Partial<NonNullable<GateQuestion['session']>> = {},
): GateQuestion {
  return { session: { accountId, sessionId, fingerprint, accountLimit: WIDE_LIMIT, ...extra } };
}

async function openEmbedded(): Promise<IdentityStoreUnderTest> {
  let now = Date.now();
  const clock = { now: () => now };
  const limits = new EmbeddedLimitStore(clock);
  const store = await EmbeddedIdentityStore.open({ clock, limits });
  const pass = async (ms: number) => {
    now += ms;
  };
  const close = () => store.close();
  return { store, limits, now: () => now, pass, roundTrips: () => store.operations, isCluster: false, close };
}

async function openRedis(): Promise<IdentityStoreUnderTest> {
  const keyPrefix = `careward-test-${randomUUID()}:`;
  const url = Secret.of(TEST_REDIS_URL);
  const redis = await RedisConnection.open({ url, commandTimeoutMs: 5_000, clock: systemClock, keyPrefix });
  const store = new RedisIdentityStore(redis);
  const close = async () => {
    await store.close();
    await removeKeys(keyPrefix);
  };
  return {
    ...realTime,
    store,
    limits: new RedisLimitStore(redis),
    roundTrips: () => redis.roundTrips,
    isCluster: false,
    close,
  };
}

async function openCluster(): Promise<IdentityStoreUnderTest> {
  const nodes = await spawnRedisCluster();
  const url = Secret.of(nodes[0]?.url ?? '');
  const closeNodes = () => Promise.all(nodes.map((node) => node.close()));
  const cluster = await RedisCluster.open({ url, commandTimeoutMs: 5_000, clock: systemClock }).catch(
    async (error: unknown) => {
      await closeNodes();
      throw error;
    },
  );
  const store = new RedisIdentityStore(cluster);
  const close = async () => {
    await store.close();
    await closeNodes();
  };
  return {
    ...realTime,
    store,
    limits: new RedisLimitStore(cluster),
    roundTrips: () => cluster.roundTrips,
    isCluster: true,
    close,
  };
}

const realTime = {
  now: systemClock.now,
  pass: async (ms: number) => {
    await sleep(ms);
  },
};

async function removeKeys(keyPrefix: string): Promise<void> {
  const client = await openRedisClient(TEST_REDIS_URL);
  for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*`, COUNT: 500 })) {
    if (keys.length > 0) await client.del(keys);
  }
  client.destroy();
}
