import { setTimeout as sleep } from 'node:timers/promises';
import { Secret, systemClock } from '@careward/kernel';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  newSession,
  questionOf,
  WIDE_CAP,
  WIDE_LIMIT,
  WITH_SERVICES,
} from '../../../test-harness/identity-stores.ts';
import { openRedisClient } from '../../../test-harness/redis-client.ts';
import { type SpawnedRedis, spawnRedis, spawnRedisCluster } from '../../../test-harness/redis-server.ts';
import { redisStores, type Stores } from './open-stores.ts';
import { accountTag } from './packed-session.ts';
import { RedisCluster } from './redis-cluster.ts';
import { RedisConnection } from './redis-connection.ts';
import type { RedisServers } from './redis-servers.ts';
import { slotOf } from './redis-slot.ts';

const TIMEOUT_MS = 1_000;
const ADDRESS = { key: 'address:one', limit: { intervalMs: 600_000, burst: 2 } };
const LADDER = { locksAt: 1, lockMs: [60_000], forgetMs: 60_000 };
const UNAVAILABLE = { code: 'session-store-unavailable', category: 'unavailable' };
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

type Break = (server: SpawnedRedis, session: ReturnType<typeof newSession>) => Promise<unknown>;

describe.skipIf(!WITH_SERVICES)('an outage of Redis (CAREWARD_TEST_SERVICES=1)', () => {
  it.each<[string, Break, 'anonymous too' | 'only this account']>([
    ['dead', (server) => server.kill(), 'anonymous too'],
    ['hung', async (server) => server.signal('SIGSTOP'), 'anonymous too'],
    ['slow', (server) => command(server, ['CLIENT', 'PAUSE', '60000', 'ALL']), 'anonymous too'],
    [
      'refusing every command',
      (server) => command(server, ['ACL', 'SETUSER', 'default', '-@all', '+acl', '+hello']),
      'anonymous too',
    ],
    [
      'a library of the same name that answers something else',
      (server) => load(server, 'careward_2', ['gate', 'create'].map(answeringYes).join('\n')),
      'anonymous too',
    ],
    [
      'another library that has taken the name of the function',
      async (server) => {
        await command(server, ['FUNCTION', 'FLUSH', 'SYNC']);
        await load(
          server,
          'stranger',
          "redis.register_function('careward_version_2', function() return 1 end)",
        );
      },
      'anonymous too',
    ],
    [
      'the wrong type of a key',
      async (server, { accountId }) => {
        await command(server, ['DEL', `careward:u:${accountTag(accountId)}`]);
        await command(server, ['LPUSH', `careward:u:${accountTag(accountId)}`, 'x']);
      },
      'only this account',
    ],
    [
      'a value of another form',
      (server, { accountId }) =>
        command(server, ['SET', `careward:u:${accountTag(accountId)}`, '\u0009rubbish of no form at all']),
      'only this account',
    ],
    [
      'a value that was cut off',
      (server, { accountId }) => command(server, ['SET', `careward:u:${accountTag(accountId)}`, '\u0001']),
      'only this account',
    ],
  ])(
    '%s: sessions fail closed, soon; limits go on in this process or in the store',
    async (_name, fail, reach) => {
      const server = await spawnRedis();
      closers.push(() => server.close());
      const { stores, changes } = await opened(server);
      const session = newSession();
      await stores.identity.create(session, WIDE_CAP);
      expect((await stores.identity.gate(questionOf(session))).session?.state).toBe('living');
      await fail(server, session);
      await expect(stores.identity.gate({ address: ADDRESS, ...questionOf(session) })).rejects.toMatchObject(
        UNAVAILABLE,
      );
      await expect(
        stores.identity.create({ ...session, sessionId: newSession().sessionId }, WIDE_CAP),
      ).rejects.toMatchObject(reach === 'anonymous too' ? { category: 'unavailable' } : UNAVAILABLE);
      const outcomes = [];
      for (let i = 0; i < 4; i += 1)
        outcomes.push((await stores.identity.gate({ address: ADDRESS })).address?.allowed);
      expect(outcomes.filter(Boolean).length).toBeGreaterThan(0);
      expect(outcomes.at(-1)).toBe(false);
      expect(changes).toEqual(reach === 'anonymous too' ? [true] : []);
    },
  );

  it('a hung store that goes on answers again, and says so', async () => {
    const server = await spawnRedis();
    closers.push(() => server.close());
    const { stores, changes } = await opened(server);
    const session = newSession();
    await stores.identity.create(session, WIDE_CAP);
    server.signal('SIGSTOP');
    await stores.identity.gate({ address: ADDRESS });
    server.signal('SIGCONT');
    await untilLiving(stores, session);
    await sleep(1_100);
    await stores.identity.gate({ address: { ...ADDRESS, limit: WIDE_LIMIT } });
    expect(changes).toEqual([true, false]);
  });

  it.each<[string, Break]>([
    ['missing', (server) => command(server, ['FUNCTION', 'FLUSH', 'SYNC'])],
    [
      'of an older build',
      (server) => load(server, 'careward_2', "redis.register_function('old_2', function() return 1 end)"),
    ],
  ])('a library that is %s is loaded once more, and nothing is lost', async (_name, fail) => {
    const server = await spawnRedis();
    closers.push(() => server.close());
    const { stores, changes } = await opened(server);
    const session = newSession();
    await stores.identity.create(session, WIDE_CAP);
    await fail(server, session);
    expect((await stores.identity.gate(questionOf(session))).session?.state).toBe('living');
    expect(changes).toEqual([]);
  });

  it('a store whose memory is full: nobody signs in, and who is signed in goes on, is counted and can be signed out', async () => {
    const server = await spawnRedis();
    closers.push(() => server.close());
    const { stores } = await opened(server);
    const session = newSession();
    await stores.identity.create(session, WIDE_CAP);
    await command(server, ['CONFIG', 'SET', 'maxmemory', '1']);
    await expect(stores.identity.create(newSession(), WIDE_CAP)).rejects.toMatchObject(UNAVAILABLE);
    expect(await stores.identity.gate({ address: ADDRESS, ...questionOf(session) })).toMatchObject({
      address: { allowed: true },
      session: { state: 'living' },
    });
    expect((await stores.identity.attempt('subject', LADDER)).allowed).toBe(true);
    expect((await stores.identity.attempt('subject', LADDER)).allowed).toBe(false);
    await stores.identity.revoke(session.accountId, session.sessionId);
    expect((await stores.identity.gate(questionOf(session))).session?.state).toBe('ended');
  });

  it.each([
    ['one server', 'allkeys-lru'],
    ['one server', 'volatile-ttl'],
    ['a cluster', 'volatile-lru'],
  ])('a store that may drop revocations is refused at the start: %s, %s', async (kind, policy) => {
    const nodes = kind === 'a cluster' ? await spawnRedisCluster() : [await spawnRedis()];
    for (const node of nodes) closers.push(() => node.close());
    const [first, last] = [nodes[0], nodes.at(-1)];
    if (!first || !last) throw new Error('no server');
    await command(last, ['CONFIG', 'SET', 'maxmemory-policy', policy]);
    const options = { url: Secret.of(first.url), commandTimeoutMs: 5_000, clock: systemClock };
    const open = kind === 'a cluster' ? RedisCluster.open(options) : RedisConnection.open(options);
    await expect(open).rejects.toMatchObject({ code: 'store-evicts' });
  });

  it('a server that took over and may drop revocations counts as down until it may not', async () => {
    const server = await spawnRedis();
    closers.push(() => server.close());
    const { stores } = await opened(server);
    const session = newSession();
    await stores.identity.create(session, WIDE_CAP);
    await command(server, ['CONFIG', 'SET', 'maxmemory-policy', 'volatile-lru']);
    await command(server, ['CLIENT', 'KILL', 'TYPE', 'normal']);
    for (let question = 0; question < 10; question += 1) {
      await expect(stores.identity.gate(questionOf(session))).rejects.toMatchObject(UNAVAILABLE);
      await sleep(50);
    }
    await command(server, ['CONFIG', 'SET', 'maxmemory-policy', 'noeviction']);
    await vi.waitFor(() => stores.identity.gate(questionOf(session)), 10_000);
    expect((await stores.identity.gate(questionOf(session))).session?.state).toBe('living');
  });

  it('one node of a cluster down: its accounts are refused, soon, and all others go on', async () => {
    const nodes = await spawnRedisCluster();
    for (const node of nodes) closers.push(() => node.close());
    const url = Secret.of(nodes[0]?.url ?? '');
    const servers = await RedisCluster.open({ url, commandTimeoutMs: TIMEOUT_MS, clock: systemClock });
    const { stores, changes } = storesOver(servers);
    const share = Math.ceil(16_384 / nodes.length);
    const nodeOf = (key: string) => nodes[Math.floor(slotOf(`careward:${key}`) / share)];
    const down = nodes[2];
    const sessions = Array.from({ length: 30 }, () => newSession());
    for (const session of sessions) await stores.identity.create(session, WIDE_CAP);
    await down?.kill();
    const outcomes = await Promise.all(
      sessions.map(async (session) => {
        const isDown = nodeOf(`u:${accountTag(session.accountId)}`) === down;
        const state = await stores.identity.gate(questionOf(session)).then(
          (answer) => answer.session?.state,
          (error: { code: string }) => error.code,
        );
        return [isDown, state];
      }),
    );
    for (const [isDown, state] of outcomes) expect(state).toBe(isDown ? UNAVAILABLE.code : 'living');
    expect(new Set(outcomes.map(([isDown]) => isDown)).size).toBe(2);
    for (let i = 0; i < 30; i += 1) await stores.limits.take(`key-${i}`, WIDE_LIMIT);
    expect(changes).toEqual([true]);
  });

  it('a slot that moves to another node is found there', async () => {
    const nodes = await spawnRedisCluster();
    for (const node of nodes) closers.push(() => node.close());
    const [from, to] = nodes;
    if (!from || !to) throw new Error('no cluster');
    const url = Secret.of(from.url);
    const servers = await RedisCluster.open({ url, commandTimeoutMs: 5_000, clock: systemClock });
    const { stores } = storesOver(servers);
    const slot = await anAccountOn(0);
    await stores.identity.create(slot.session, WIDE_CAP);
    const id = String(await command(to, ['CLUSTER', 'MYID']));
    const fromId = String(await command(from, ['CLUSTER', 'MYID']));
    await command(to, ['CLUSTER', 'SETSLOT', String(slot.number), 'IMPORTING', fromId]);
    await command(from, ['CLUSTER', 'SETSLOT', String(slot.number), 'MIGRATING', id]);
    const key = `careward:u:${accountTag(slot.session.accountId)}`;
    await command(from, ['MIGRATE', '127.0.0.1', String(to.port), key, '0', '5000']);
    for (const node of [to, from])
      await command(node, ['CLUSTER', 'SETSLOT', String(slot.number), 'NODE', id]);
    expect((await stores.identity.gate(questionOf(slot.session))).session).toMatchObject({
      state: 'stale',
      session: { body: slot.session.body },
    });
  });
});

async function anAccountOn(node: number) {
  for (;;) {
    const session = newSession();
    const number = slotOf(`careward:u:${accountTag(session.accountId)}`);
    if (Math.floor(number / Math.ceil(16_384 / 3)) === node) return { session, number };
  }
}

async function opened({ url }: SpawnedRedis) {
  const redis = await RedisConnection.open({
    ...{ url: Secret.of(url), commandTimeoutMs: TIMEOUT_MS, clock: systemClock },
    pauseMs: 300,
  });
  return storesOver(redis);
}

function storesOver(servers: RedisServers) {
  const changes: boolean[] = [];
  const stores = redisStores(servers, systemClock, { onLimitsChange: (isLocal) => changes.push(isLocal) });
  closers.push(() => stores.close());
  return { stores, changes };
}

async function untilLiving(stores: Stores, session: ReturnType<typeof newSession>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await stores.identity.gate(questionOf(session)).catch(() => undefined);
    if (answer?.session?.state === 'living') return;
    await sleep(50);
  }
  throw new Error('the store did not come back');
}

function answeringYes(name: string): string {
  return `redis.register_function('careward_${name}_2', function() return 'yes' end)`;
}

async function load(server: SpawnedRedis, library: string, code: string): Promise<void> {
  await command(server, ['FUNCTION', 'LOAD', 'REPLACE', `#!lua name=${library}\n${code}`]);
}

async function command({ url }: { readonly url: string }, words: string[]): Promise<unknown> {
  const client = await openRedisClient(url);
  try {
    return await client.sendCommand(words);
  } finally {
    client.destroy();
  }
}
