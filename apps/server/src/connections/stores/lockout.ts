// How many attempts may fail, as a pure machine: the embedded store runs it, the Redis functions mirror it, the model checker explores it.
//
// Defends passwords and codes from being tried. An attempt counts as failed before it is made and is forgiven when it succeeds, so
// a thousand attempts at once are no better than one after the other. All that is kept is when the counted attempts were made: an
// attempt that was forgiven leaves everything as if it had never been made, whatever came before and after it.
// Does not decide whom an attempt counts against: see authentication/sign-in/lockout.service.ts.

/** Growing locks: the failure of number `locksAt` locks for the first of `lockMs`, each further one for the next, the last for ever after. */
export interface LockoutLadder {
  readonly locksAt: number;
  /** Milliseconds, rising. */
  readonly lockMs: readonly number[];
  /** Without a failure for this long after the last lock, everything is forgotten. Milliseconds. */
  readonly forgetMs: number;
}

/** A sliding window: at most `locksAt` failures in any time of `windowMs` milliseconds; each is forgotten when it is that old. */
export interface FailureWindow {
  readonly locksAt: number;
  readonly windowMs: number;
}

/** What an attempt is counted by. */
export type AttemptRule = LockoutLadder | FailureWindow;

/** What is kept of a subject. Times are epoch milliseconds. */
export interface LockoutState {
  /** When each attempt was made that counts as failed, in the order of counting. Never empty. */
  readonly attempts: readonly number[];
  /** No attempt is allowed before; 0, or in the past, when the next is free. */
  readonly lockedUntil: number;
  readonly forgottenAt: number;
}

/** Whether an attempt may be made, and what is kept from now on; undefined for nothing. */
export interface LockoutStep {
  readonly allowed: boolean;
  readonly retryAfterMs: number;
  readonly state: LockoutState | undefined;
}

/** Counts one attempt as made `now`, which is what {@link lockoutForgive} takes it back by. A refused attempt is not counted. */
export function lockoutAttempt(kept: LockoutState | undefined, now: number, rule: AttemptRule): LockoutStep {
  const before = stateOf(livingAttempts(kept, now, rule), rule);
  if (before !== undefined && before.lockedUntil > now) {
    return { allowed: false, retryAfterMs: before.lockedUntil - now, state: before };
  }
  const attempts = [...(before?.attempts ?? []), now].slice(-mostAttempts(rule));
  return { allowed: true, retryAfterMs: 0, state: stateOf(attempts, rule) };
}

/** Takes back the attempt that was counted at `countedAt`, and the lock that it set. One that is forgotten already changes nothing. */
export function lockoutForgive(
  kept: LockoutState | undefined,
  countedAt: number,
  rule: AttemptRule,
): LockoutState | undefined {
  const attempts = kept?.attempts ?? [];
  const at = attempts.lastIndexOf(countedAt);
  return at === -1 ? kept : stateOf(attempts.toSpliced(at, 1), rule);
}

function livingAttempts(kept: LockoutState | undefined, now: number, rule: AttemptRule): readonly number[] {
  if (kept === undefined) return [];
  if ('windowMs' in rule) return kept.attempts.filter((at) => at + rule.windowMs > now);
  return kept.forgottenAt > now ? kept.attempts : [];
}

function stateOf(attempts: readonly number[], rule: AttemptRule): LockoutState | undefined {
  const last = attempts.at(-1);
  if (last === undefined) return undefined;
  if ('windowMs' in rule) {
    const freed = attempts.at(-rule.locksAt);
    const lockedUntil = freed === undefined ? 0 : freed + rule.windowMs;
    return { attempts, lockedUntil, forgottenAt: last + rule.windowMs };
  }
  const lockMs = lockAfter(attempts.length, rule);
  const lockedUntil = lockMs === 0 ? 0 : last + lockMs;
  return { attempts, lockedUntil, forgottenAt: last + lockMs + rule.forgetMs };
}

/** How long the failure of this number locks: 0 for the free ones. */
function lockAfter(failures: number, { locksAt, lockMs }: LockoutLadder): number {
  if (failures < locksAt) return 0;
  return lockMs[Math.min(failures - locksAt, lockMs.length - 1)] ?? 0;
}

/** On the last step of a ladder older failures make no difference. One step more, so that it is stood on also after one was forgiven. */
function mostAttempts(rule: AttemptRule): number {
  return 'windowMs' in rule ? rule.locksAt : rule.locksAt + rule.lockMs.length;
}
