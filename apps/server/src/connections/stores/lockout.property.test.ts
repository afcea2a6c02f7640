import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AttemptRule, type LockoutState, lockoutAttempt, lockoutForgive } from './lockout.ts';

const START = 1_800_000_000_000;
const windows = fc.record({
  locksAt: fc.integer({ min: 1, max: 8 }),
  windowMs: fc.integer({ min: 1, max: 1_000 }),
});
const ladders = fc.record({
  locksAt: fc.integer({ min: 1, max: 8 }),
  lockMs: fc
    .array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 4 })
    .map((each) => each.sort((a, b) => a - b)),
  forgetMs: fc.integer({ min: 1, max: 2_000 }),
});
const rules = fc.oneof<fc.Arbitrary<AttemptRule>[]>(windows, ladders);

/** An attempt: how long after the one before it is made, and when it turns out to have been right, if ever. */
const tries = fc.array(
  fc.record({
    waitMs: fc.integer({ min: 0, max: 400 }),
    rightAfterMs: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 80 },
);
type Try = typeof tries extends fc.Arbitrary<(infer T)[]> ? T : never;

interface Made {
  readonly at: number;
  readonly isAllowed: boolean;
  readonly isRight: boolean;
}

/** Makes the attempts, many of them at the same time: what is right is forgiven when that is known. */
function run(rule: AttemptRule, attempts: readonly Try[]) {
  let kept: LockoutState | undefined;
  let now = START;
  const open: { readonly at: number; readonly endsAt: number }[] = [];
  const made: Made[] = [];
  const settle = (until: number) => {
    for (const each of open.filter(({ endsAt }) => endsAt <= until)) {
      kept = lockoutForgive(kept, each.at, rule);
      open.splice(open.indexOf(each), 1);
    }
  };
  for (const { waitMs, rightAfterMs } of attempts) {
    now += waitMs;
    settle(now);
    const { allowed, state } = lockoutAttempt(kept, now, rule);
    kept = state;
    made.push({ at: now, isAllowed: allowed, isRight: rightAfterMs !== undefined });
    if (allowed && rightAfterMs !== undefined) open.push({ at: now, endsAt: now + rightAfterMs });
  }
  settle(Infinity);
  return { kept, now, made };
}

describe('a window', () => {
  it('has at most so many failures in any time of its length, however attempts overlap', () => {
    fc.assert(
      fc.property(windows, tries, (rule, attempts) => {
        const failed = run(rule, attempts).made.filter(({ isAllowed, isRight }) => isAllowed && !isRight);
        for (const [n, { at }] of failed.entries()) {
          const after = failed[n + rule.locksAt]?.at ?? Infinity;
          expect(after - at).toBeGreaterThanOrEqual(rule.windowMs);
        }
      }),
    );
  });

  it('refuses only while so many attempts that were not right are younger than it', () => {
    fc.assert(
      fc.property(windows, tries, (rule, attempts) => {
        const oneByOne = attempts.map((each) => ({
          ...each,
          ...(each.rightAfterMs !== undefined && { rightAfterMs: 0 }),
        }));
        const { made } = run(rule, oneByOne);
        for (const [n, { at, isAllowed }] of made.entries()) {
          const failed = made
            .slice(0, n)
            .filter((each) => each.isAllowed && !each.isRight && each.at > at - rule.windowMs);
          expect(isAllowed).toBe(failed.length < rule.locksAt);
        }
      }),
    );
  });

  it('never locks whoever fails less often than it counts, whatever succeeds in between', () => {
    fc.assert(
      fc.property(windows, fc.nat({ max: 5 }), fc.integer({ min: 1, max: 100 }), (window, rights, count) => {
        const rule = { ...window, locksAt: window.locksAt + 1 };
        const pauseMs = Math.ceil(window.windowMs / window.locksAt);
        let kept: LockoutState | undefined;
        for (let n = 0; n < count; n += 1) {
          for (let right = 0; right < rights; right += 1) {
            const at = START + n * pauseMs + Math.floor((right * pauseMs) / (rights + 1));
            const step = lockoutAttempt(kept, at, rule);
            expect(step.allowed).toBe(true);
            kept = lockoutForgive(step.state, at, rule);
          }
          const typo = lockoutAttempt(kept, START + n * pauseMs + pauseMs - 1, rule);
          expect(typo.allowed).toBe(true);
          kept = typo.state;
        }
      }),
    );
  });
});

describe('a window and a ladder', () => {
  it('are left by an attempt that succeeds as if it had never been made', () => {
    fc.assert(
      fc.property(rules, tries, fc.nat({ max: 400 }), (rule, attempts, waitMs) => {
        const { kept, now } = run(rule, attempts);
        const at = now + waitMs;
        const { allowed, state } = lockoutAttempt(kept, at, rule);
        if (!allowed) return;
        const after = lockoutForgive(state, at, rule);
        for (const laterMs of [0, 1, 50, 500, 5_000]) {
          const [one, other] = [kept, after].map((each) => lockoutAttempt(each, at + laterMs, rule));
          expect(other).toMatchObject({ allowed: one?.allowed, retryAfterMs: one?.retryAfterMs });
        }
        expect(after?.forgottenAt ?? 0).toBeLessThanOrEqual(Math.max(kept?.forgottenAt ?? 0, 0));
      }),
    );
  });

  it('let in at exactly the time that they named, and not a millisecond before', () => {
    fc.assert(
      fc.property(rules, tries, (rule, attempts) => {
        const { kept, now } = run(rule, attempts);
        const { allowed, retryAfterMs, state } = lockoutAttempt(kept, now, rule);
        if (allowed) return;
        expect(lockoutAttempt(state, now + retryAfterMs - 1, rule).allowed).toBe(false);
        expect(lockoutAttempt(state, now + retryAfterMs, rule).allowed).toBe(true);
      }),
    );
  });

  it('are changed by no attempt that is refused, and keep a bounded number of times', () => {
    fc.assert(
      fc.property(rules, tries, (rule, attempts) => {
        const { kept, now } = run(rule, attempts);
        const { allowed, state } = lockoutAttempt(kept, now, rule);
        if (!allowed) expect(lockoutAttempt(state, now, rule).state).toEqual(state);
        const most = rule.locksAt + ('lockMs' in rule ? rule.lockMs.length : 0);
        expect(kept?.attempts.length ?? 0).toBeLessThanOrEqual(most);
      }),
    );
  });
});

describe('a ladder', () => {
  it('locks for its steps in turn, and for the last of them ever after', () => {
    fc.assert(
      fc.property(ladders, fc.integer({ min: 1, max: 30 }), (rule, failures) => {
        let [kept, now]: [LockoutState | undefined, number] = [undefined, START];
        for (let n = 1; n <= failures; n += 1) {
          const step = lockoutAttempt(kept, now, rule);
          expect(step.allowed).toBe(true);
          kept = step.state;
          const lockMs =
            n < rule.locksAt ? 0 : rule.lockMs[Math.min(n - rule.locksAt, rule.lockMs.length - 1)];
          expect(lockoutAttempt(kept, now, rule).retryAfterMs).toBe(lockMs);
          now += lockMs ?? 0;
        }
      }),
    );
  });
});
