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
  /** When the attempts began that are being made. */
  readonly inFlight: readonly number[];
  readonly proved: number;
  /** Seen from outside: when the attempts began that did not succeed; of a known device since its last success. */
  readonly unsuccessful: readonly number[];
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
  ...{ lockout: null, inFlight: [], proved: 0, unsuccessful: [] },
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
    const { lockout, inFlight, unsuccessful } = state[client];
    if (inFlight.length >= 2) return undefined;
    const step = lockoutAttempt(lockout ?? undefined, state.now, LADDER);
    const told = { ...state[client], wasAllowed: step.allowed, wasFree: isFree(unsuccessful, state.now) };
    if (!step.allowed) return { ...state, [client]: told };
    const counted = {
      lockout: step.state ?? null,
      inFlight: [...inFlight, state.now],
      unsuccessful: [...unsuccessful, state.now],
    };
    return { ...state, [client]: { ...told, ...counted } };
  };
}

function isFree(unsuccessful: readonly number[], now: number): boolean {
  const count = unsuccessful.length;
  if (count < LADDER.locksAt) return true;
  const lockMs = LADDER.lockMs[Math.min(count - LADDER.locksAt, LADDER.lockMs.length - 1)] ?? 0;
  return now >= (unsuccessful.at(-1) ?? 0) + lockMs;
}

/** The attempt that began first or last turns out to be right or wrong. */
function end(client: Client, which: 0 | -1, isRight: boolean): Action<SignIns> {
  return (state) => {
    const before = state[client];
    const at = before.inFlight.at(which);
    if (at === undefined) return undefined;
    const ended = { ...before, inFlight: without(before.inFlight, at), wasAllowed: null, wasFree: null };
    if (!isRight) return { ...state, [client]: ended };
    const proved = before.proved + 1;
    if (client === 'known') return { ...state, known: { ...ended, proved, lockout: null, unsuccessful: [] } };
    const lockout = lockoutForgive(before.lockout ?? undefined, at, LADDER) ?? null;
    return {
      ...state,
      unknown: { ...ended, proved, lockout, unsuccessful: without(before.unsuccessful, at) },
    };
  };
}

function without(times: readonly number[], at: number): readonly number[] {
  return times.toSpliced(times.lastIndexOf(at), 1);
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
  'unknown, begun first, is right': end('unknown', 0, true),
  'unknown, begun last, is right': end('unknown', -1, true),
  'unknown is wrong': end('unknown', 0, false),
  'unknown starts a session': start('unknown'),
  'known begins': begin('known'),
  'known is right': end('known', 0, true),
  'known is wrong': end('known', 0, false),
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
    const visited = explore(SIGN_INS, SIGN_IN_ACTIONS, 11, (state, path) => {
      const way = path.join(', ');
      expect(living(state).length, `the cap after ${way}`).toBeLessThanOrEqual(CAP.maximum);
      const { unknown, known, account } = state;
      for (const { wasAllowed, wasFree } of [unknown, known]) {
        expect(wasAllowed, `let in when locked, or kept out when free, after ${way}`).toBe(wasFree);
      }
      for (const sessionId of state.ended) {
        expect(findSession(account, sessionId, moment(state)).answer.state, `revived after ${way}`).toBe(
          'ended',
        );
      }
    });
    process.stdout.write(`sign-ins: ${visited} states\n`);
    expect(visited).toBeGreaterThan(25_000);
  });
});
