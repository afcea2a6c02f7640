import type { AccountId, SessionId } from '@careward/kernel';
import { describe, expect, it } from 'vitest';
import { type Action, explore } from '../../../test-harness/explore.ts';
import { type LockoutState, lockoutAttempt, lockoutForgive } from './lockout.ts';
import {
  type AccountSessions,
  createSession,
  findSession,
  revokeSession,
  UNKNOWN_ACCOUNT,
} from './session-machine.ts';

const CAP = { maximum: 2, atCap: 'end-oldest' } as const;
const LADDER = { locksAt: 2, lockMs: [600_000, 1_500_000], forgetMs: 86_400_000 };
const LIVES_MS = 900_000;

type Client = 'unknown' | 'known';

interface Attempts {
  readonly lockout: LockoutState | null;
  readonly inFlight: number;
  readonly proved: number;
  /** Seen from outside: attempts that did not succeed, and when the last of them began. */
  readonly unsuccessful: number;
  readonly lastAt: number;
  /** What the last request to try was told, and what should have been told. */
  readonly wasAllowed: boolean | null;
  readonly wasFree: boolean | null;
}

interface SignIns {
  readonly now: number;
  readonly account: AccountSessions;
  readonly ended: readonly SessionId[];
  readonly made: number;
  readonly unknown: Attempts;
  readonly known: Attempts;
}

const NO_ATTEMPTS: Attempts = {
  ...{ lockout: null, inFlight: 0, proved: 0, unsuccessful: 0, lastAt: 0 },
  ...{ wasAllowed: null, wasFree: null },
};
const SIGN_INS: SignIns = {
  ...{ now: 1, account: UNKNOWN_ACCOUNT, ended: [], made: 0 },
  ...{ unknown: NO_ATTEMPTS, known: NO_ATTEMPTS },
};

const moment = ({ now }: { readonly now: number }) => ({ now, run: 'run' });
const living = ({ account, now }: SignIns) =>
  account.sessions.filter(
    ({ sessionId }) => findSession(account, sessionId, moment({ now })).answer.state !== 'ended',
  );

function begin(client: Client): Action<SignIns> {
  return (state) => {
    const { lockout, inFlight, unsuccessful, lastAt } = state[client];
    if (inFlight >= 2) return undefined;
    const step = lockoutAttempt(lockout ?? undefined, state.now, LADDER);
    const lockMs = LADDER.lockMs[Math.min(unsuccessful - LADDER.locksAt, LADDER.lockMs.length - 1)] ?? 0;
    const wasFree = unsuccessful < LADDER.locksAt || state.now >= lastAt + lockMs;
    const told = { ...state[client], wasAllowed: step.allowed, wasFree };
    if (!step.allowed) return { ...state, [client]: told };
    const counted = { lockout: step.state ?? null, inFlight: inFlight + 1, unsuccessful: unsuccessful + 1 };
    return { ...state, [client]: { ...told, ...counted, lastAt: state.now } };
  };
}

function end(client: Client, isRight: boolean): Action<SignIns> {
  return (state) => {
    const before = state[client];
    if (before.inFlight === 0) return undefined;
    const ended = { ...before, inFlight: before.inFlight - 1, wasAllowed: null, wasFree: null };
    if (!isRight) return { ...state, [client]: ended };
    const lockout = lockoutForgive(before.lockout ?? undefined, state.now, LADDER) ?? null;
    const unsuccessful = before.unsuccessful - 1;
    // A success lifts the lock, so the next attempt is free whatever came before.
    return {
      ...state,
      [client]: {
        ...ended,
        lockout,
        unsuccessful,
        proved: before.proved + 1,
        lastAt: Number.MIN_SAFE_INTEGER,
      },
    };
  };
}

function start(client: Client): Action<SignIns> {
  return (state) => {
    if (state[client].proved === 0) return undefined;
    const session = {
      accountId: 'account' as AccountId,
      sessionId: `s${state.made}` as SessionId,
      ...{ idleMs: LIVES_MS, absoluteMs: LIVES_MS, epoch: 0, rightsVersion: 0 },
      ...{ fingerprint: '', refreshHash: '', body: '' },
    };
    const { account, answer } = createSession(state.account, session, CAP, moment(state));
    const gone = answer !== 'exists' && answer.created ? answer.ended : [];
    const client_ = { ...state[client], proved: state[client].proved - 1 };
    return { ...state, account, made: state.made + 1, ended: [...state.ended, ...gone], [client]: client_ };
  };
}

const SIGN_IN_ACTIONS: Record<string, Action<SignIns>> = {
  'unknown begins': begin('unknown'),
  'unknown is right': end('unknown', true),
  'unknown is wrong': end('unknown', false),
  'unknown starts a session': start('unknown'),
  'known begins': begin('known'),
  'known is right': end('known', true),
  'known is wrong': end('known', false),
  'known starts a session': start('known'),
  'a session is revoked': (state) => {
    const [first] = living(state);
    if (!first) return undefined;
    const account = revokeSession(state.account, first.sessionId, moment(state));
    return { ...state, account, ended: [...state.ended, first.sessionId] };
  },
  'sessions expire': (state) => {
    const sessions = living(state);
    if (sessions.length === 0) return undefined;
    const ids = sessions.map(({ sessionId }) => sessionId);
    return { ...state, now: state.now + LIVES_MS, ended: [...state.ended, ...ids] };
  },
  'a lock ends': (state) => {
    const locks = [state.unknown, state.known].map(({ lockout }) => lockout?.lockedUntil ?? 0);
    const next = Math.min(...locks.filter((until) => until > state.now));
    return Number.isFinite(next) ? { ...state, now: next } : undefined;
  },
};

describe('every order of sign-ins from a known and an unknown device', () => {
  it('never has more sessions than the cap, lets no locked device in, locks none for the other, revives nothing', () => {
    const visited = explore(SIGN_INS, SIGN_IN_ACTIONS, 12, (state, path) => {
      const way = path.join(', ');
      expect(living(state).length, `the cap after ${way}`).toBeLessThanOrEqual(CAP.maximum);
      const { unknown, known, account } = state;
      if (unknown.wasAllowed) expect(unknown.wasFree, `a locked device got in after ${way}`).toBe(true);
      if (known.wasAllowed) expect(known.wasFree, `a locked device got in after ${way}`).toBe(true);
      if (known.wasAllowed === false)
        expect(known.wasFree, `a known device was kept out after ${way}`).toBe(false);
      for (const sessionId of state.ended) {
        expect(findSession(account, sessionId, moment(state)).answer.state, `revived after ${way}`).toBe(
          'ended',
        );
      }
    });
    process.stdout.write(`sign-ins: ${visited} states\n`);
    expect(visited).toBeGreaterThan(30_000);
  });
});
