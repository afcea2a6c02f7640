// Everybody behind one address, in every order: attempts that begin, end right, end wrong or cannot be made, while time passes.
import { describe, expect, it } from 'vitest';
import { type Action, explore } from '../../../test-harness/explore.ts';
import { type LockoutState, lockoutAttempt, lockoutForgive } from './lockout.ts';

const MINUTE_MS = 60_000;
const WINDOW = { locksAt: 2, windowMs: 15 * MINUTE_MS };
const MOST_AT_ONCE = 3;

interface Attempt {
  readonly at: number;
  readonly state: 'open' | 'wrong';
}

interface Address {
  readonly now: number;
  readonly kept: LockoutState | null;
  /** Seen from outside: the attempts of the last quarter of an hour that were not given back. */
  readonly attempts: readonly Attempt[];
  /** What the last request to try was told, and when it was told to come back. */
  readonly told: { readonly isAllowed: boolean; readonly againAt: number } | null;
}

const NOBODY: Address = { now: 1, kept: null, attempts: [], told: null };

const begin: Action<Address> = (state) => {
  if (state.attempts.filter((each) => each.state === 'open').length >= MOST_AT_ONCE) return undefined;
  const step = lockoutAttempt(state.kept ?? undefined, state.now, WINDOW);
  const told = { isAllowed: step.allowed, againAt: state.now + step.retryAfterMs };
  if (!step.allowed) return { ...state, told };
  const attempts = [...state.attempts, { at: state.now, state: 'open' as const }];
  return { ...state, told, attempts, kept: step.state ?? null };
};

/** The first or the last attempt that is being made turns out to be wrong, or is given back: it was right, or could not be made. */
function end(which: 0 | -1, isWrong: boolean): Action<Address> {
  return (state) => {
    const ended = state.attempts.filter((each) => each.state === 'open').at(which);
    if (ended === undefined) return undefined;
    if (isWrong) {
      const attempts = state.attempts.map((each) =>
        each === ended ? { at: each.at, state: 'wrong' as const } : each,
      );
      return { ...state, told: null, attempts };
    }
    const attempts = state.attempts.filter((each) => each !== ended);
    const kept = lockoutForgive(state.kept ?? undefined, ended.at, WINDOW) ?? null;
    return { ...state, told: null, attempts, kept };
  };
}

/** Attempts that are as old as the window are out of sight: what becomes of those that are still being made is of no interest. */
function wait(minutes: number): Action<Address> {
  return (state) => {
    const now = state.now + minutes * MINUTE_MS;
    const attempts = state.attempts.filter(({ at }) => now - at < WINDOW.windowMs);
    return { ...state, told: null, now, attempts };
  };
}

const ACTIONS: Record<string, Action<Address>> = {
  'somebody begins': begin,
  'whoever began first is given back': end(0, false),
  'whoever began last is given back': end(-1, false),
  'whoever began first is wrong': end(0, true),
  'whoever began last is wrong': end(-1, true),
  'a minute passes': wait(1),
  'seven minutes pass': wait(7),
};

describe('every order of attempts from one address', () => {
  it('lets in exactly while fewer than the limit were not given back, says when it will, and remembers no success', () => {
    const visited = explore(NOBODY, ACTIONS, 11, ({ now, kept, attempts, told }, path) => {
      const way = path.join(', ');
      const wrong = attempts.filter((each) => each.state === 'wrong');
      expect(wrong.length, `failures in a quarter of an hour after ${way}`).toBeLessThanOrEqual(
        WINDOW.locksAt,
      );
      if (told) {
        const before = told.isAllowed ? attempts.slice(0, -1) : attempts;
        expect(told.isAllowed, `allowed after ${way}`).toBe(before.length < WINDOW.locksAt);
        const freed = told.isAllowed ? now : (attempts.at(-WINDOW.locksAt)?.at ?? 0) + WINDOW.windowMs;
        expect(told.againAt, `when to come back after ${way}`).toBe(freed);
      }
      const remembered = kept?.attempts.filter((at) => now - at < WINDOW.windowMs) ?? [];
      expect(remembered, `what is remembered after ${way}`).toEqual(attempts.map(({ at }) => at));
    });
    process.stdout.write(`one address: ${visited} states\n`);
    expect(visited).toBeGreaterThan(1_000);
  });
});
