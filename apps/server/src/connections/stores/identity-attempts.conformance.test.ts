import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_STORES, type IdentityStoreUnderTest } from '../../../test-harness/identity-stores.ts';

const WINDOW = { locksAt: 3, windowMs: 60_000 };
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
      const before = test.now();
      const { countedAt, ...decision } = await test.store.attempt(subject, LADDER);
      expect(decision).toEqual({ allowed: true, retryAfterMs: 0, failures });
      expect(Math.abs(countedAt - before)).toBeLessThan(5_000);
    }
    const refused = await test.store.attempt(subject, LADDER);
    expect(refused).toMatchObject({ allowed: false, failures: 3, countedAt: 0 });
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
      [3, 1_210],
    ] as const) {
      expect(await test.store.attempt(subject, short)).toMatchObject({ allowed: true, failures });
      expect((await test.store.attempt(subject, short)).allowed).toBe(false);
      await test.pass(lock);
    }
  });

  it.each([
    ['a ladder', { ...LADDER, lockMs: [60_000] }],
    ['a window', WINDOW],
  ])('lets no more attempts through at once than one after the other: %s', async (_rule, rule) => {
    const subject = randomUUID();
    const answers = await Promise.all(Array.from({ length: 200 }, () => test.store.attempt(subject, rule)));
    expect(answers.filter(({ allowed }) => allowed)).toHaveLength(3);
  });

  it('forgives an attempt that succeeded, and lifts the lock that it had set', async () => {
    const subject = randomUUID();
    const counted: number[] = [];
    for (let i = 0; i < 3; i += 1) counted.push((await test.store.attempt(subject, LADDER)).countedAt);
    await test.store.forgive(subject, LADDER, counted.pop() ?? 0);
    const again = await test.store.attempt(subject, LADDER);
    expect(again).toMatchObject({ allowed: true, failures: 3 });
    for (const countedAt of [...counted, again.countedAt]) {
      await test.store.forgive(subject, LADDER, countedAt);
    }
    expect(await test.store.attempt(subject, LADDER)).toMatchObject({ allowed: true, failures: 1 });
    await expect(test.store.forgive(randomUUID(), LADDER, again.countedAt)).resolves.toBeUndefined();
  });

  it('forgives one attempt once', async () => {
    const subject = randomUUID();
    await test.store.attempt(subject, LADDER);
    await test.pass(5);
    const { countedAt } = await test.store.attempt(subject, LADDER);
    for (let i = 0; i < 3; i += 1) await test.store.forgive(subject, LADDER, countedAt);
    expect(await test.store.attempt(subject, LADDER)).toMatchObject({ failures: 2 });
  });

  it('remembers failures no longer because others succeed', async () => {
    const subject = randomUUID();
    const forgetful = { locksAt: 2, lockMs: [60_000], forgetMs: 3_000 };
    await test.store.attempt(subject, forgetful);
    await test.pass(1_000);
    const { failures, countedAt } = await test.store.attempt(subject, forgetful);
    expect(failures).toBe(2);
    await test.store.forgive(subject, forgetful, countedAt);
    await test.pass(2_100);
    expect((await test.store.attempt(subject, forgetful)).failures).toBe(1);
  });

  it('in a window refuses while as many failures as lock are younger than it, and allows when it said so', async () => {
    const subject = randomUUID();
    const window = { locksAt: 2, windowMs: 3_000 };
    const first = await test.store.attempt(subject, window);
    await test.pass(500);
    const second = await test.store.attempt(subject, window);
    const refused = await test.store.attempt(subject, window);
    expect(refused).toMatchObject({ allowed: false, failures: 2, countedAt: 0 });
    expect(refused.retryAfterMs).toBeGreaterThan(0);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(3_000 - (second.countedAt - first.countedAt));
    await test.pass(refused.retryAfterMs);
    expect(await test.store.attempt(subject, window)).toMatchObject({ allowed: true, retryAfterMs: 0 });
  });

  it('disregards all failures of a subject, those of attempts that are being made as well', async () => {
    const [subject, other] = [randomUUID(), randomUUID()];
    const { countedAt } = await test.store.attempt(subject, WINDOW);
    for (let i = 0; i < 3; i += 1) await test.store.attempt(subject, WINDOW);
    await test.store.attempt(other, WINDOW);
    await test.store.disregard(subject);
    await test.pass(5);
    expect(await test.store.attempt(subject, WINDOW)).toMatchObject({ allowed: true, failures: 1 });
    expect(await test.store.attempt(other, WINDOW)).toMatchObject({ failures: 2 });
    await test.store.forgive(subject, WINDOW, countedAt);
    expect(await test.store.attempt(subject, WINDOW)).toMatchObject({ failures: 2 });
    await expect(test.store.disregard(randomUUID())).resolves.toBeUndefined();
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
