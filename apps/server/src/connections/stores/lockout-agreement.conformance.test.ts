import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_STORES, type IdentityStoreUnderTest } from '../../../test-harness/identity-stores.ts';
import type { IdentityStore } from './identity-store.ts';
import { type AttemptRule, type LockoutState, lockoutAttempt, lockoutForgive } from './lockout.ts';

const DAY_MS = 86_400_000;

/** Locks that end at once, and locks that outlast every suite: so what the store's own clock does makes no difference. */
const rules: fc.Arbitrary<AttemptRule> = fc.oneof(
  fc.record({ locksAt: fc.integer({ min: 1, max: 4 }), windowMs: fc.constant(DAY_MS) }),
  fc.record({
    locksAt: fc.integer({ min: 1, max: 4 }),
    lockMs: fc.array(fc.constantFrom(0, DAY_MS), { minLength: 1, maxLength: 4 }).map((each) => each.sort()),
    forgetMs: fc.constant(DAY_MS),
  }),
);

/** One step on the store, and the same on the machine beside it: both answers in one form. */
type Operation = (store: IdentityStore, world: World) => Promise<void>;

/** The subject is new for each run, so that runs on one store do not meet. */
class World {
  readonly subject = randomUUID();
  readonly rule: AttemptRule;
  state: LockoutState | undefined;
  /** When the allowed attempts were counted, by the store. */
  readonly counted: number[] = [];

  constructor(rule: AttemptRule) {
    this.rule = rule;
  }
}

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constant(async (store: IdentityStore, world: World) => {
      const { countedAt, ...decision } = await store.attempt(world.subject, world.rule);
      const now = decision.allowed ? countedAt : Math.max(...world.counted);
      const step = lockoutAttempt(world.state, now, world.rule);
      world.state = step.state;
      expect([decision.allowed, decision.failures]).toEqual([step.allowed, step.state?.attempts.length]);
      expect(decision.retryAfterMs).toBeLessThanOrEqual(step.retryAfterMs);
      expect(decision.retryAfterMs > 0).toBe(step.retryAfterMs > 0);
      if (decision.allowed) world.counted.push(countedAt);
    }),
  },
  {
    weight: 2,
    arbitrary: fc.nat({ max: 20 }).map((which) => async (store: IdentityStore, world: World) => {
      const countedAt = world.counted[which % (world.counted.length || 1)] ?? 1;
      await store.forgive(world.subject, world.rule, countedAt);
      world.state = lockoutForgive(world.state, countedAt, world.rule);
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant(async (store: IdentityStore, world: World) => {
      await store.disregard(world.subject);
      world.state = undefined;
    }),
  },
);

describe.each(IDENTITY_STORES)('failed attempts in the %s store', (_name, open) => {
  let test: IdentityStoreUnderTest;
  beforeAll(async () => {
    test = await open();
  });
  afterAll(() => test.close());

  it('are counted, forgiven and disregarded in every sequence as the pure machine does', async () => {
    await fc.assert(
      fc.asyncProperty(rules, fc.array(operation, { maxLength: 30 }), async (rule, operations) => {
        const world = new World(rule);
        for (const operate of operations) await operate(test.store, world);
      }),
      { numRuns: 200 },
    );
  });
});
