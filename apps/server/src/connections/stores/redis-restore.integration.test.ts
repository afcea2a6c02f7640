import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret, systemClock } from '@careward/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { newSession, questionOf, WIDE_CAP, WITH_SERVICES } from '../../../test-harness/identity-stores.ts';
import { openRedisClient } from '../../../test-harness/redis-client.ts';
import { type SpawnedRedis, spawnRedis } from '../../../test-harness/redis-server.ts';
import { RedisConnection } from './redis-connection.ts';
import { RedisIdentityStore } from './redis-identity-store.ts';

const SECOND_MS = 1_000;
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

describe.skipIf(!WITH_SERVICES)('a Redis that comes back (CAREWARD_TEST_SERVICES=1)', () => {
  it('calls a revoked session stale that an older copy has brought back, never living', async () => {
    const server = await started();
    const store = await opened(server);
    const [revoked, rotated] = [newSession(), newSession()];
    for (const session of [revoked, rotated]) await store.create(session, WIDE_CAP);
    await save(server);
    await store.revoke(revoked.accountId, revoked.sessionId);
    await store.settleChange(rotated.accountId, { epoch: 4, rightsVersion: 7 });
    await server.kill();
    await server.restart();
    const restored = await opened(server);
    for (const session of [revoked, rotated]) {
      expect((await restored.gate(questionOf(session))).session).toMatchObject({
        state: 'stale',
        settles: true,
      });
    }
    const read = { epoch: 4, rightsVersion: 7 };
    expect(await restored.confirm({ ...rotated, settles: true }, read, '{}')).toBeUndefined();
    await restored.revoke(revoked.accountId, revoked.sessionId);
    for (const session of [revoked, rotated]) {
      expect((await restored.gate(questionOf(session))).session).toEqual({ state: 'ended' });
    }
  });

  it('asks the database once for each session after a restart, and takes no answer from before it', async () => {
    const server = await started();
    const store = await opened(server);
    const session = newSession();
    await store.create(session, WIDE_CAP);
    await save(server);
    await server.kill();
    await server.restart();
    const restored = await opened(server);
    await restored.confirm({ ...session, settles: true }, session, 'read before the restart');
    expect((await restored.gate(questionOf(session))).session).toMatchObject({
      state: 'stale',
      session: { body: session.body },
    });
    expect((await restored.gate(questionOf(session))).session?.state).toBe('stale');
    await restored.confirm({ ...session, settles: true }, session, 'read again');
    for (let i = 0; i < 3; i += 1) {
      expect((await restored.gate(questionOf(session))).session).toMatchObject({
        state: 'living',
        session: { body: 'read again' },
      });
    }
  });

  it('knows no proofs from before its start', async () => {
    const server = await started();
    const store = await opened(server);
    const session = newSession();
    await store.create(session, WIDE_CAP);
    await save(server);
    const proof = { id: 'proof', issuedAt: Date.now() + 2 * SECOND_MS, livesMs: 60 * SECOND_MS };
    expect((await store.gate(questionOf(session, { proof }))).proof).toBe('fresh');
    await server.kill();
    await sleep(4 * SECOND_MS);
    await server.restart();
    const restored = await opened(server);
    expect((await restored.gate(questionOf(session, { proof }))).proof).toBe('early');
    await sleep(2 * SECOND_MS);
    const later = { id: 'later', issuedAt: Date.now(), livesMs: 60 * SECOND_MS };
    expect((await restored.gate(questionOf(session, { proof: later }))).proof).toBe('fresh');
  });

  it('calls sessions stale after a replica took over, and after the first master is master again without a restart', async () => {
    const [first, second] = [await started(), await started()];
    const store = await opened(first);
    const [session, unseen] = [newSession(), newSession()];
    for (const each of [session, unseen]) await store.create(each, WIDE_CAP);
    await follow(second, first);
    await command(second, ['REPLICAOF', 'NO', 'ONE']);
    const promoted = await opened(second);
    expect((await promoted.gate(questionOf(session))).session?.state).toBe('stale');
    await promoted.confirm({ ...session, settles: true }, session, 'asked on the second');
    expect((await promoted.gate(questionOf(session))).session?.state).toBe('living');
    await follow(first, second);
    await command(first, ['REPLICAOF', 'NO', 'ONE']);
    const again = await opened(first);
    for (const each of [session, unseen]) {
      expect((await again.gate(questionOf(each))).session?.state).toBe('stale');
    }
  });
});

async function started(): Promise<SpawnedRedis> {
  const server = await spawnRedis();
  closers.push(() => server.close());
  return server;
}

async function opened({ url }: SpawnedRedis): Promise<RedisIdentityStore> {
  const redis = await RedisConnection.open({
    ...{ url: Secret.of(url), commandTimeoutMs: 5 * SECOND_MS, clock: systemClock },
  });
  closers.push(() => redis.close());
  return new RedisIdentityStore(redis);
}

/** Leaves a copy that the server reads when it starts again. */
async function save(server: SpawnedRedis): Promise<void> {
  await command(server, ['SAVE']);
  const [live, copy] = [join(server.folder, 'dump.rdb'), join(server.folder, 'copy.rdb')];
  await copyFile(live, copy);
  await rm(live);
  await copyFile(copy, live);
}

async function follow(replica: SpawnedRedis, master: SpawnedRedis): Promise<void> {
  await command(replica, ['REPLICAOF', '127.0.0.1', String(master.port)]);
  for (let tries = 0; tries < 400; tries += 1) {
    const info = String(await command(replica, ['INFO', 'replication']));
    if (info.includes('master_link_status:up') && info.includes('master_sync_in_progress:0')) return;
    await sleep(50);
  }
  throw new Error('the replica did not follow');
}

async function command({ url }: SpawnedRedis, words: string[]): Promise<unknown> {
  const client = await openRedisClient(url);
  try {
    return await client.sendCommand(words);
  } finally {
    client.destroy();
  }
}
