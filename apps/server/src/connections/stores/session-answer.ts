import type { AccountId } from '@careward/kernel';
import type { SessionAnswer, SessionRecord } from './identity-store.ts';
import type { KeptSession, Standing } from './session-machine.ts';

/** A kept session without what only the store needs. */
export function recordOf(accountId: AccountId, session: KeptSession): SessionRecord {
  const { run, isConfirmed, refreshHash, previousHash, previousUntil, ...record } = session;
  return { accountId, ...record };
}

/** What stands about a session, as the store answers it. */
export function answerOf(accountId: AccountId, standing: Standing): SessionAnswer {
  if (standing.state === 'ended') return standing;
  const session = recordOf(accountId, standing.session);
  return standing.state === 'living'
    ? { state: 'living', session }
    : { state: 'stale', session, settles: standing.settles };
}
