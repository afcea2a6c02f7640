import type { AccountId, SessionId } from '@careward/kernel';
import { describe, expect, it } from 'vitest';
import { type Action, explore } from '../../../test-harness/explore.ts';
import {
  type AccountSessions,
  beginAccountChange,
  confirmSession,
  createSession,
  findSession,
  revokeSession,
  settleAccountChange,
  touchSession,
  UNKNOWN_ACCOUNT,
} from './session-machine.ts';

const SESSION = 'session' as SessionId;
const CAP = { maximum: 2, atCap: 'end-oldest' } as const;

interface Rights {
  readonly now: number;
  readonly run: number;
  readonly account: AccountSessions;
  readonly copy: AccountSessions | null;
  /** The database. */
  readonly rightsVersion: number;
  readonly epoch: number;
  readonly isRevoked: boolean;
  readonly change: 'none' | 'begun' | 'committed';
  /** A request that found the session stale, and what it has read. */
  readonly reader: {
    settles: boolean;
    read: { rightsVersion: number; epoch: number; isRevoked: boolean } | null;
  } | null;
  /** What was promised: changes that have returned. */
  readonly promised: { readonly rightsVersion: number; readonly epoch: number; readonly isRevoked: boolean };
}

const LONGEST_MS = 1_000;
const at = ({ now, run }: Rights) => ({ now, run: String(run) });
const RIGHTS: Rights = {
  ...{
    now: 1,
    run: 0,
    copy: null,
    rightsVersion: 1,
    epoch: 1,
    isRevoked: false,
    change: 'none',
    reader: null,
  },
  promised: { rightsVersion: 1, epoch: 1, isRevoked: false },
  account: createSession(
    UNKNOWN_ACCOUNT,
    {
      accountId: 'account' as AccountId,
      sessionId: SESSION,
      ...{
        idleMs: 1e9,
        absoluteMs: 1e9,
        epoch: 1,
        rightsVersion: 1,
        fingerprint: '',
        refreshHash: '',
        body: '1',
      },
    },
    CAP,
    { now: 1, run: '0' },
  ).account,
};

function commit(raised: (state: Rights) => Partial<Rights>): Action<Rights> {
  return (state) =>
    state.change === 'begun' ? { ...state, ...raised(state), change: 'committed' } : undefined;
}

const RIGHTS_ACTIONS: Record<string, Action<Rights>> = {
  'a change begins': (state) =>
    state.change === 'none'
      ? { ...state, change: 'begun', account: beginAccountChange(state.account, LONGEST_MS, at(state)) }
      : undefined,
  'rights are committed': commit(({ rightsVersion }) => ({ rightsVersion: rightsVersion + 1 })),
  'an epoch is committed': commit(({ epoch }) => ({ epoch: epoch + 1 })),
  'the change settles': (state) => {
    if (state.change !== 'committed') return undefined;
    const promised = { ...state.promised, rightsVersion: state.rightsVersion, epoch: state.epoch };
    return {
      ...state,
      change: 'none',
      promised,
      account: settleAccountChange(state.account, state, at(state)),
    };
  },
  'the process dies': (state) => (state.change === 'none' ? undefined : { ...state, change: 'none' }),
  'the longest change has passed': (state) =>
    state.change === 'none' && state.account.pending > 0
      ? { ...state, now: state.now + LONGEST_MS }
      : undefined,
  'a request comes': (state) => {
    const { account, answer } = touchSession(state.account, SESSION, '', at(state));
    if (answer.state !== 'stale') return { ...state, account };
    return { ...state, account, reader: { settles: answer.settles, read: null } };
  },
  'it reads the database': (state) => {
    const { reader, rightsVersion, epoch, isRevoked } = state;
    if (!reader || reader.read) return undefined;
    return { ...state, reader: { ...reader, read: { rightsVersion, epoch, isRevoked } } };
  },
  'it confirms': (state) => {
    const { reader, account } = state;
    if (!reader?.read) return undefined;
    const { read, settles } = reader;
    const confirmed = read.isRevoked
      ? revokeSession(account, SESSION, at(state))
      : confirmSession(account, { sessionId: SESSION, settles }, read, `${read.rightsVersion}`, at(state))
          .account;
    return { ...state, reader: null, account: confirmed };
  },
  'the session is revoked': (state) => ({
    ...state,
    ...{ isRevoked: true, promised: { ...state.promised, isRevoked: true } },
    account: revokeSession(state.account, SESSION, at(state)),
  }),
  'the store is copied': (state) => ({ ...state, copy: state.account }),
  'the store restarts': (state) => ({ ...state, run: state.run + 1 }),
  'the copy is restored': (state) =>
    state.copy ? { ...state, account: state.copy, run: state.run + 1 } : undefined,
};

describe('every order of changes, requests, crashes, restarts and restored copies of the store', () => {
  it('vouches for no session under rights, an epoch or a life that a change which has returned took away', () => {
    const visited = explore(RIGHTS, RIGHTS_ACTIONS, 9, (state, path) => {
      const { answer } = findSession(state.account, SESSION, at(state));
      if (answer.state !== 'living') return;
      const way = path.join(', ');
      expect(state.promised.isRevoked, `a revoked session lives after ${way}`).toBe(false);
      expect(answer.session.rightsVersion, `old rights after ${way}`).toBeGreaterThanOrEqual(
        state.promised.rightsVersion,
      );
      expect(answer.session.epoch, `an old epoch after ${way}`).toBeGreaterThanOrEqual(state.promised.epoch);
      expect(answer.session.body, `body and version apart after ${way}`).toBe(
        `${answer.session.rightsVersion}`,
      );
    });
    process.stdout.write(`rights: ${visited} states\n`);
    expect(visited).toBeGreaterThan(30_000);
  });
});
