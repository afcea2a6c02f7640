import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_STORES, type IdentityStoreUnderTest } from '../../../test-harness/identity-stores.ts';

const LADDER = { locksAt: 3, lockMs: [1_500, 60_000, 120_000], forgetMs: 60_000 };

describe.each(IDENTITY_STORES)('attempts, kept values and leases in the %s store', (_name, open) => {
  let test: IdentityStoreUnderTest;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test.close());

  it('allows attempts up to the lock, and the next only when it has ended', async () => {
    const subject = randomUUID();
    for (const failures of [1, 2, 3]) {
      expect(await test.store.attempt(subject, LADDER)).toEqual({ allowed: true, retryAfterMs: 0, failures });
    }
    const refused = await test.store.attempt(subject, LADDER);
    expect(refused).toMatchObject({ allowed: false, failures: 3 });
    expect(refused.retryAfterMs).toBeGreaterThan(0);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(1_500);
    await test.pass(1_520);
    expect(await test.store.attempt(subject, LADDER)).toMatchObject({ allowed: true, failures: 4 });
    const second = await test.store.attempt(subject, LADDER);
    expect(second.allowed).toBe(false);
    expect(second.retryAfterMs).toBeGreaterThan(50_000);
  });

  it('stays on the last step of the ladder', async () => {
    const subject = randomUUID();
    const short = { locksAt: 1, lockMs: [800, 1_200], forgetMs: 60_000 };
    for (const [failures, lock] of [
      [1, 810],
      [2, 1_210],
      [3, 1_210],
      [4, 1_210],
    ] as const) {
      expect(await test.store.attempt(subject, short)).toMatchObject({ allowed: true, failures });
      expect((await test.store.attempt(subject, short)).allowed).toBe(false);
      await test.pass(lock);
    }
  });

  it('lets no more attempts through at once than one after the other', async () => {
    const subject = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => test.store.attempt(subject, { ...LADDER, lockMs: [60_000] })),
    );
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(3);
  });

  it('forgives an attempt that succeeded, and lifts the lock that it had set', async () => {
    const subject = randomUUID();
    for (let i = 0; i < 3; i += 1) await test.store.attempt(subject, LADDER);
    await test.store.forgive(subject, LADDER);
    expect(await test.store.attempt(subject, LADDER)).toMatchObject({ allowed: true, failures: 3 });
    for (let i = 0; i < 3; i += 1) await test.store.forgive(subject, LADDER);
    expect(await test.store.attempt(subject, LADDER)).toMatchObject({ allowed: true, failures: 1 });
    await expect(test.store.forgive(randomUUID(), LADDER)).resolves.toBeUndefined();
  });

  it('forgets failures after a time without attempts, and keeps subjects apart', async () => {
    const [subject, other] = [randomUUID(), randomUUID()];
    const forgetful = { locksAt: 3, lockMs: [100], forgetMs: 300 };
    await test.store.attempt(subject, forgetful);
    await test.store.attempt(subject, forgetful);
    expect((await test.store.attempt(other, forgetful)).failures).toBe(1);
    await test.pass(350);
    expect((await test.store.attempt(subject, forgetful)).failures).toBe(1);
  });

  it('keeps a value until it is taken, by one taker only', async () => {
    const name = randomUUID();
    const value = 'Ünïcode \u0000 "quoted"';
    await test.store.keep(name, value, 60_000);
    expect(await test.store.peek(name)).toBe(value);
    const taken = await Promise.all(Array.from({ length: 20 }, () => test.store.take(name)));
    expect(taken.filter((each) => each !== undefined)).toEqual([value]);
    expect(await test.store.peek(name)).toBeUndefined();
  });

  it('keeps a value for its time, and the last one under a name', async () => {
    const name = randomUUID();
    await test.store.keep(name, 'first', 60_000);
    await test.store.keep(name, '', 1_000);
    expect(await test.store.peek(name)).toBe('');
    await test.pass(1_050);
    expect(await test.store.peek(name)).toBeUndefined();
    expect(await test.store.take(name)).toBeUndefined();
  });

  it('gives a lease to one, and to the next when its time has passed', async () => {
    const name = randomUUID();
    const asked = await Promise.all(Array.from({ length: 20 }, () => test.store.lease(name, 1_000)));
    expect(asked.filter(Boolean)).toHaveLength(1);
    await test.pass(1_050);
    expect(await test.store.lease(name, 1_000)).toBe(true);
    expect(await test.store.lease(randomUUID(), 200)).toBe(true);
  });

  it('lets a name be used once until its time has passed, beside a lease of the same name', async () => {
    const name = randomUUID();
    expect(await test.store.lease(name, 60_000)).toBe(true);
    const used = await Promise.all(Array.from({ length: 20 }, () => test.store.once(name, 1_000)));
    expect(used.filter(Boolean)).toHaveLength(1);
    await test.pass(1_050);
    expect(await test.store.once(name, 1_000)).toBe(true);
    expect(await test.store.lease(name, 1_000)).toBe(false);
  });

  it('answers when it is asked whether it can be asked', async () => {
    await expect(test.store.ping()).resolves.toBeUndefined();
  });
});
