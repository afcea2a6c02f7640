import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type AccountId, newId, Secret, type SessionId, systemClock } from '@careward/kernel';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedLimitStore } from './embedded-limit-store.ts';
import { EmbeddedSessionStore } from './embedded-session-store.ts';
import type { LimitStore } from './limit-store.ts';
import { RedisConnection } from './redis-connection.ts';
import { RedisLimitStore } from './redis-limit-store.ts';
import { RedisSessionStore } from './redis-session-store.ts';
import type { SessionRecord, SessionStore } from './session-store.ts';

/** What one implementation brings: its stores and a way to let its own time pass. */
interface Harness {
  readonly sessions: SessionStore;
  readonly limits: LimitStore;
  readonly now: () => number;
  readonly pass: (ms: number) => Promise<void>;
  readonly close: () => Promise<void>;
}

const withServices = process.env.CAREWARD_TEST_SERVICES === '1';
const redisUrl = process.env.CAREWARD_TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

conformance('embedded', async () => {
  let now = Date.now();
  const clock = { now: () => now };
  const sessions = new EmbeddedSessionStore(clock);
  const limits = new EmbeddedLimitStore(clock);
  const pass = async (ms: number) => {
    now += ms;
  };
  return { sessions, limits, now: clock.now, pass, close: () => sessions.close() };
});

describe.skipIf(!withServices)('with CAREWARD_TEST_SERVICES=1', () => {
  conformance('redis', async () => {
    const keyPrefix = `careward-test-${randomUUID()}:`;
    const redis = await RedisConnection.open({
      url: Secret.of(redisUrl),
      commandTimeoutMs: 2_000,
      clock: systemClock,
      keyPrefix,
    });
    const close = async () => {
      await redis.close();
      await removeKeys(keyPrefix);
    };
    const stores = { sessions: new RedisSessionStore(redis), limits: new RedisLimitStore(redis) };
    return { ...stores, now: systemClock.now, pass: (ms) => sleep(ms), close };
  });
});

function conformance(name: string, open: () => Promise<Harness>): void {
  describe(`${name} session store`, () => {
    let harness: Harness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness.close());

    function session(extra: Partial<SessionRecord> = {}): SessionRecord {
      return {
        sessionId: newId<SessionId>(),
        accountId: newId<AccountId>(),
        createdAt: harness.now(),
        absoluteExpiresAt: harness.now() + 60_000,
        idleMs: 30_000,
        refreshHash: 'first',
        principal: '{"name":"Ünïcode \\u0000 \\"quoted\\""}',
        ...extra,
      };
    }

    it('gives back exactly what was kept', async () => {
      const record = session();
      await harness.sessions.create(record);
      expect(await harness.sessions.check(record.sessionId)).toEqual(record);
    });

    it('knows no session that was never made', async () => {
      expect(await harness.sessions.check(newId<SessionId>())).toBeUndefined();
      expect(await harness.sessions.rotateRefresh(newId<SessionId>(), 'a', 'b')).toBe('absent');
      await expect(harness.sessions.revoke(newId<SessionId>())).resolves.toBeUndefined();
      await expect(harness.sessions.revokeAccount(newId<AccountId>())).resolves.toBeUndefined();
    });

    it('refuses to overwrite a living session', async () => {
      const record = session();
      await harness.sessions.create(record);
      await expect(harness.sessions.create({ ...record, refreshHash: 'thief' })).rejects.toMatchObject({
        code: 'session-already-exists',
      });
      expect((await harness.sessions.check(record.sessionId))?.refreshHash).toBe('first');
    });

    it('ends a session that is idle, and starts the idle time anew at each check', async () => {
      const record = session({ idleMs: 400 });
      await harness.sessions.create(record);
      for (let i = 0; i < 3; i += 1) {
        await harness.pass(250);
        expect(await harness.sessions.check(record.sessionId)).toBeDefined();
      }
      await harness.pass(450);
      expect(await harness.sessions.check(record.sessionId)).toBeUndefined();
      expect(await harness.sessions.rotateRefresh(record.sessionId, 'first', 'second')).toBe('absent');
    });

    it('ends a session at its absolute age however busy it is', async () => {
      const record = session({ absoluteExpiresAt: harness.now() + 500 });
      await harness.sessions.create(record);
      await harness.pass(300);
      expect(await harness.sessions.check(record.sessionId)).toBeDefined();
      await harness.pass(250);
      expect(await harness.sessions.check(record.sessionId)).toBeUndefined();
    });

    it('takes a session that is already past its age as ended', async () => {
      const record = session({ absoluteExpiresAt: harness.now() - 1 });
      await harness.sessions.create(record);
      expect(await harness.sessions.check(record.sessionId)).toBeUndefined();
    });

    it('refuses a session from the moment its revocation has returned', async () => {
      const record = session();
      await harness.sessions.create(record);
      await harness.sessions.revoke(record.sessionId);
      expect(await harness.sessions.check(record.sessionId)).toBeUndefined();
      expect(await harness.sessions.rotateRefresh(record.sessionId, 'first', 'second')).toBe('absent');
    });

    it('revokes every session of one account and none of another or of later', async () => {
      const accountId = newId<AccountId>();
      const [first, second, foreign] = [session({ accountId }), session({ accountId }), session()];
      for (const record of [first, second, foreign]) await harness.sessions.create(record);
      await harness.sessions.revokeAccount(accountId);
      expect(await harness.sessions.check(first.sessionId)).toBeUndefined();
      expect(await harness.sessions.check(second.sessionId)).toBeUndefined();
      expect(await harness.sessions.check(foreign.sessionId)).toBeDefined();
      const later = session({ accountId });
      await harness.sessions.create(later);
      expect(await harness.sessions.check(later.sessionId)).toEqual(later);
    });

    it('rotates a refresh token once, and a second use ends the session', async () => {
      const record = session();
      await harness.sessions.create(record);
      expect(await harness.sessions.rotateRefresh(record.sessionId, 'first', 'second')).toBe('rotated');
      expect((await harness.sessions.check(record.sessionId))?.refreshHash).toBe('second');
      expect(await harness.sessions.rotateRefresh(record.sessionId, 'first', 'third')).toBe('reused');
      expect(await harness.sessions.check(record.sessionId)).toBeUndefined();
      expect(await harness.sessions.rotateRefresh(record.sessionId, 'second', 'third')).toBe('absent');
    });

    it('lets exactly one of many simultaneous uses of a refresh token through', async () => {
      const record = session();
      await harness.sessions.create(record);
      const attempts = Array.from({ length: 20 }, (_, i) =>
        harness.sessions.rotateRefresh(record.sessionId, 'first', `next-${i}`),
      );
      const outcomes = await Promise.all(attempts);
      expect(outcomes.filter((outcome) => outcome === 'rotated')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'reused')).toHaveLength(1);
    });

    it('counts living sessions and forgets expired ones', async () => {
      const before = await harness.sessions.count();
      const lasting = session();
      await harness.sessions.create(lasting);
      await harness.sessions.create(session({ idleMs: 100 }));
      expect(await harness.sessions.count()).toBe(before + 2);
      await harness.pass(150);
      expect(await harness.sessions.count()).toBe(before + 1);
      await harness.sessions.revoke(lasting.sessionId);
      expect(await harness.sessions.count()).toBe(before);
    });
  });

  describe(`${name} limit store`, () => {
    let harness: Harness;
    beforeAll(async () => {
      harness = await open();
    });
    afterAll(() => harness.close());

    it('lets a burst through, refuses the next, and says when to come back', async () => {
      const limit = { intervalMs: 60_000, burst: 3 };
      const remaining: number[] = [];
      for (let i = 0; i < 3; i += 1) {
        const decision = await harness.limits.take('burst', limit);
        expect(decision).toMatchObject({ allowed: true, retryAfterMs: 0 });
        remaining.push(decision.remaining);
      }
      expect(remaining).toEqual([2, 1, 0]);
      const refused = await harness.limits.take('burst', limit);
      expect(refused).toMatchObject({ allowed: false, remaining: 0 });
      expect(refused.retryAfterMs).toBeGreaterThan(58_000);
      expect(refused.retryAfterMs).toBeLessThanOrEqual(60_000);
    });

    it('lets one more through after each interval', async () => {
      const limit = { intervalMs: 200, burst: 1 };
      expect((await harness.limits.take('steady', limit)).allowed).toBe(true);
      const refused = await harness.limits.take('steady', limit);
      expect(refused.allowed).toBe(false);
      await harness.pass(refused.retryAfterMs + 5);
      expect((await harness.limits.take('steady', limit)).allowed).toBe(true);
      expect((await harness.limits.take('steady', limit)).allowed).toBe(false);
    });

    it('takes nothing from the budget for what it refuses', async () => {
      const limit = { intervalMs: 300, burst: 1 };
      await harness.limits.take('refusals', limit);
      for (let i = 0; i < 20; i += 1) await harness.limits.take('refusals', limit);
      await harness.pass(320);
      expect((await harness.limits.take('refusals', limit)).allowed).toBe(true);
    });

    it('keeps the budgets of keys apart', async () => {
      const limit = { intervalMs: 60_000, burst: 1 };
      expect((await harness.limits.take('key-a', limit)).allowed).toBe(true);
      expect((await harness.limits.take('key-b', limit)).allowed).toBe(true);
      expect((await harness.limits.take('key-a', limit)).allowed).toBe(false);
    });

    it('gives one request back, and never more than a full budget', async () => {
      const limit = { intervalMs: 60_000, burst: 2 };
      await harness.limits.giveBack('returned', limit);
      await harness.limits.take('returned', limit);
      await harness.limits.take('returned', limit);
      await harness.limits.giveBack('returned', limit);
      expect((await harness.limits.take('returned', limit)).allowed).toBe(true);
      expect((await harness.limits.take('returned', limit)).allowed).toBe(false);
      for (let i = 0; i < 5; i += 1) await harness.limits.giveBack('returned', limit);
      const outcomes = [];
      for (let i = 0; i < 3; i += 1) outcomes.push((await harness.limits.take('returned', limit)).allowed);
      expect(outcomes).toEqual([true, true, false]);
    });

    it('lets exactly the burst of a simultaneous storm through', async () => {
      const limit = { intervalMs: 60_000, burst: 7 };
      const decisions = await Promise.all(
        Array.from({ length: 60 }, () => harness.limits.take('storm', limit)),
      );
      expect(decisions.filter((decision) => decision.allowed)).toHaveLength(7);
    });
  });
}

async function removeKeys(keyPrefix: string): Promise<void> {
  const client = createClient({ url: redisUrl });
  client.on('error', () => undefined);
  await client.connect();
  for await (const keys of client.scanIterator({ MATCH: `${keyPrefix}*`, COUNT: 500 })) {
    if (keys.length > 0) await client.del(keys);
  }
  client.destroy();
}
