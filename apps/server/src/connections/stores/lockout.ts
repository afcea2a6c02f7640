// Progressive lockout as a pure machine: the embedded store runs it, the Redis function mirrors it, the model checker explores it.
//
// Defends passwords and codes from being tried. An attempt counts as failed before it is made and is forgiven when it succeeds, so
// a thousand attempts at once are no better than one after the other.
// Does not decide whom an attempt counts against: see authentication/sign-in/lockout.service.ts.

/** The failure of number `locksAt` locks for the first of `lockMs`, each further failure for the next, the last for ever after. */
export interface LockoutLadder {
  readonly locksAt: number;
  /** Milliseconds. */
  readonly lockMs: readonly number[];
  /** Without any attempt for this long after the last lock, everything is forgotten. Milliseconds. */
  readonly forgetMs: number;
}

/** What is kept of a subject. Times are epoch milliseconds. */
export interface LockoutState {
  readonly failures: number;
  readonly lockedUntil: number;
  readonly forgottenAt: number;
}

/** Counts one attempt. A refused attempt changes nothing. */
export function lockoutAttempt(
  kept: LockoutState | undefined,
  now: number,
  ladder: LockoutLadder,
): { readonly allowed: boolean; readonly retryAfterMs: number; readonly state: LockoutState | undefined } {
  const before = kept !== undefined && kept.forgottenAt > now ? kept : undefined;
  if (before !== undefined && before.lockedUntil > now) {
    return { allowed: false, retryAfterMs: before.lockedUntil - now, state: before };
  }
  const failures = (before?.failures ?? 0) + 1;
  const lockedUntil = now + lockAfter(failures, ladder);
  return {
    allowed: true,
    retryAfterMs: 0,
    state: { failures, lockedUntil, forgottenAt: lockedUntil + ladder.forgetMs },
  };
}

/** Takes back one attempt that succeeded, and the lock that it set. */
export function lockoutForgive(
  kept: LockoutState | undefined,
  now: number,
  ladder: LockoutLadder,
): LockoutState | undefined {
  if (kept === undefined || kept.forgottenAt <= now || kept.failures <= 1) return undefined;
  const failures = kept.failures - 1;
  const lockedUntil = Math.min(kept.lockedUntil, now);
  return { failures, lockedUntil, forgottenAt: now + ladder.forgetMs };
}

/** How long the failure of this number locks: 0 for the free ones. */
function lockAfter(failures: number, { locksAt, lockMs }: LockoutLadder): number {
  if (failures < locksAt) return 0;
  return lockMs[Math.min(failures - locksAt, lockMs.length - 1)] ?? 0;
}
