import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_STORES, type IdentityStoreUnderTest } from '../../../test-harness/identity-stores.ts';

describe.each(IDENTITY_STORES)('limits in the %s store', (_name, open) => {
  let test: IdentityStoreUnderTest;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test.close());

  it('lets a burst through, refuses the next, and says when to come back', async () => {
    const limit = { intervalMs: 60_000, burst: 3 };
    const remaining: number[] = [];
    for (let i = 0; i < 3; i += 1) {
      const decision = await test.limits.take('burst', limit);
      expect(decision).toMatchObject({ allowed: true, retryAfterMs: 0 });
      remaining.push(decision.remaining);
    }
    expect(remaining).toEqual([2, 1, 0]);
    const refused = await test.limits.take('burst', limit);
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    expect(refused.retryAfterMs).toBeGreaterThan(58_000);
    expect(refused.retryAfterMs).toBeLessThanOrEqual(60_000);
  });

  it('lets one more through after each interval', async () => {
    const limit = { intervalMs: 200, burst: 1 };
    expect((await test.limits.take('steady', limit)).allowed).toBe(true);
    const refused = await test.limits.take('steady', limit);
    expect(refused.allowed).toBe(false);
    await test.pass(refused.retryAfterMs + 5);
    expect((await test.limits.take('steady', limit)).allowed).toBe(true);
    expect((await test.limits.take('steady', limit)).allowed).toBe(false);
  });

  it('takes nothing from the budget for what it refuses', async () => {
    const limit = { intervalMs: 300, burst: 1 };
    await test.limits.take('refusals', limit);
    for (let i = 0; i < 20; i += 1) await test.limits.take('refusals', limit);
    await test.pass(320);
    expect((await test.limits.take('refusals', limit)).allowed).toBe(true);
  });

  it('keeps the budgets of keys apart', async () => {
    const limit = { intervalMs: 60_000, burst: 1 };
    expect((await test.limits.take('key-a', limit)).allowed).toBe(true);
    expect((await test.limits.take('key-b', limit)).allowed).toBe(true);
    expect((await test.limits.take('key-a', limit)).allowed).toBe(false);
  });

  it('gives one request back, and never more than a full budget', async () => {
    const limit = { intervalMs: 60_000, burst: 2 };
    await test.limits.giveBack('returned', limit);
    await test.limits.take('returned', limit);
    await test.limits.take('returned', limit);
    await test.limits.giveBack('returned', limit);
    expect((await test.limits.take('returned', limit)).allowed).toBe(true);
    expect((await test.limits.take('returned', limit)).allowed).toBe(false);
    for (let i = 0; i < 5; i += 1) await test.limits.giveBack('returned', limit);
    const outcomes = [];
    for (let i = 0; i < 3; i += 1) outcomes.push((await test.limits.take('returned', limit)).allowed);
    expect(outcomes).toEqual([true, true, false]);
  });

  it('lets exactly the burst of a simultaneous storm through', async () => {
    const limit = { intervalMs: 60_000, burst: 7 };
    const decisions = await Promise.all(Array.from({ length: 60 }, () => test.limits.take('storm', limit)));
    expect(decisions.filter((decision) => decision.allowed)).toHaveLength(7);
  });
});
