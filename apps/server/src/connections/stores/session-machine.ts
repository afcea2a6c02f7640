// The sessions of one account as a pure machine: the embedded store runs it, the Redis functions mirror it, the model checker explores it.
//
// Defends against sessions that outlive what they stand on: idle time, absolute age, a revocation, a raised epoch, rights that were
// withdrawn, a refresh token used twice, more sessions than an account may have. What it cannot vouch for it calls stale.
// Does not know the database: whether a stale session may go on is decided by who asked, and told with `confirmSession`.
import type { SessionId } from '@careward/kernel';
import type {
  AccountNumbers,
  Creation,
  NewSession,
  Rotation,
  SessionCap,
  SessionRecord,
} from './identity-store.ts';

/** A session as the machine keeps it. */
export interface KeptSession extends Omit<SessionRecord, 'accountId'> {
  /** The run of the store in which the session was last found stale or confirmed. */
  readonly run: string;
  /** Whether the database has been asked in that run. */
  readonly isConfirmed: boolean;
  /** Of the present refresh token; '' for none. */
  readonly refreshHash: string;
  /** Of the token before, taken once more until `previousUntil`; '' for none. */
  readonly previousHash: string;
  readonly previousUntil: number;
}

/** Everything kept of one account. Times are epoch milliseconds. */
export interface AccountSessions extends AccountNumbers {
  /** Changes of the account that have begun and are not settled, and when the last of them has ended at the latest. */
  readonly pending: number;
  readonly pendingUntil: number;
  /** The numbers are remembered until then also without sessions, for a sign-in that read older ones. */
  readonly keptUntil: number;
  /** The oldest first. */
  readonly sessions: readonly KeptSession[];
}

/** When something happens, and in which run of the store. */
export interface Moment {
  readonly now: number;
  readonly run: string;
}

/** What is kept from now on, and the answer. The same object as before when nothing has to be written. */
export interface Step<Answer> {
  readonly account: AccountSessions;
  readonly answer: Answer;
}

/** What stands about one session: `ended`, or as it is kept and whether it can be vouched for. */
export type Standing =
  | { readonly state: 'ended' }
  | { readonly state: 'living' | 'stale'; readonly session: KeptSession; readonly settles: boolean };

const ENDED: Standing = { state: 'ended' };
const NUMBERS_LIVE_MS = 3_600_000;

/** An account of which nothing is known. */
export const UNKNOWN_ACCOUNT: AccountSessions = {
  epoch: 0,
  rightsVersion: 0,
  pending: 0,
  pendingUntil: 0,
  keptUntil: 0,
  sessions: [],
};

/** Adds a session, and ends the oldest ones or refuses when there are as many as there may be. `exists`: the id is in use. */
export function createSession(
  kept: AccountSessions,
  session: NewSession,
  cap: SessionCap,
  at: Moment,
): Step<Creation | 'exists'> {
  const account = withoutEnded(raised(kept, session, at), at);
  const living = account.sessions;
  if (living.some(({ sessionId }) => sessionId === session.sessionId)) return { account, answer: 'exists' };
  const surplus = Math.max(0, living.length + 1 - cap.maximum);
  if (surplus > 0 && cap.atCap === 'refuse') return { account, answer: { created: false } };
  const ended = living.slice(0, surplus).map(({ sessionId }) => sessionId);
  const sessions = [...living.slice(surplus), newSession(session, at)];
  return { account: { ...account, sessions }, answer: { created: true, ended } };
}

/** Looks at one session. Writes only what has ended. */
export function findSession(kept: AccountSessions, sessionId: SessionId, at: Moment): Step<Standing> {
  const session = kept.sessions.find((each) => each.sessionId === sessionId);
  if (session === undefined) return { account: kept, answer: ENDED };
  if (hasEnded(kept, session, at)) return { account: withoutEnded(kept, at), answer: ENDED };
  return { account: kept, answer: standingOf(kept, session, at) };
}

/**
 * Counts a request as activity, written only when a sixteenth of the idle time has passed; an unlike client has to prove itself. A
 * session of another run is marked as asked about in this one: only what the database says from now on confirms it.
 */
export function touchSession(
  kept: AccountSessions,
  sessionId: SessionId,
  fingerprint: string,
  at: Moment,
): Step<Standing> {
  const { account, answer } = findSession(kept, sessionId, at);
  if (answer.state === 'ended') return { account, answer };
  const { session } = answer;
  const needsProof = session.needsProof || session.fingerprint !== fingerprint;
  const isActivity = (at.now - session.lastSeenAt) * 16 > session.idleMs;
  const isKnown = session.run === at.run;
  if (!isActivity && isKnown && needsProof === session.needsProof) return { account, answer };
  const lastSeenAt = isActivity ? at.now : session.lastSeenAt;
  return written(account, { ...askedAbout(session, at), needsProof, lastSeenAt }, at);
}

/**
 * Takes over what the database says of a session. A change of which nobody knows the end any more is over when `settles`. What was
 * read in an earlier run of the store, or under older numbers, is answered or left, and the session stays stale.
 */
export function confirmSession(
  kept: AccountSessions,
  { sessionId, settles }: { readonly sessionId: SessionId; readonly settles: boolean },
  numbers: AccountNumbers,
  body: string,
  at: Moment,
): Step<Standing> {
  const isOver = settles && kept.pending > 0 && kept.pendingUntil <= at.now;
  const settled = isOver ? { ...kept, pending: 0, pendingUntil: 0 } : kept;
  const { account, answer } = findSession(raised(settled, numbers, at), sessionId, at);
  if (answer.state === 'ended') return { account, answer };
  const { session } = answer;
  const { rightsVersion } = numbers;
  const confirmed = { ...session, rightsVersion, body, isConfirmed: true };
  if (session.run !== at.run) return { account, answer: { ...answer, session: confirmed } };
  if (session.isConfirmed && rightsVersion < session.rightsVersion) return { account, answer };
  return written(account, confirmed, at);
}

/** The person has to prove themselves before they go on. */
export function distrustSession(kept: AccountSessions, sessionId: SessionId, at: Moment): Step<Standing> {
  const { account, answer } = findSession(kept, sessionId, at);
  if (answer.state === 'ended') return { account, answer };
  return written(account, { ...answer.session, needsProof: true }, at);
}

/** Replaces the hash of the refresh token: see `IdentityStore.rotateRefresh`. */
export function rotateSession(
  kept: AccountSessions,
  sessionId: SessionId,
  hashes: { readonly presented: string; readonly next: string; readonly graceMs: number },
  at: Moment,
): Step<{ readonly rotation: Rotation; readonly standing: Standing }> {
  const { account, answer } = findSession(kept, sessionId, at);
  if (answer.state === 'ended') return { account, answer: { rotation: 'absent', standing: ENDED } };
  const { session } = answer;
  const rotation = rotationOf(session, hashes.presented, at);
  if (rotation === 'reused') {
    return { account: revokeSession(account, sessionId, at), answer: { rotation, standing: ENDED } };
  }
  const keepsPrevious = rotation === 'rotated' && hashes.graceMs > 0;
  const step = written(
    account,
    {
      ...askedAbout(session, at),
      lastSeenAt: at.now,
      refreshHash: hashes.next,
      previousHash: keepsPrevious ? session.refreshHash : '',
      previousUntil: keepsPrevious ? at.now + hashes.graceMs : 0,
    },
    at,
  );
  return { account: step.account, answer: { rotation, standing: step.answer } };
}

/** Ends one session. */
export function revokeSession(kept: AccountSessions, sessionId: SessionId, at: Moment): AccountSessions {
  const account = withoutEnded(kept, at);
  const sessions = account.sessions.filter((session) => session.sessionId !== sessionId);
  return sessions.length === account.sessions.length ? account : { ...account, sessions };
}

/** A change of the account begins: until it is settled nothing is vouched for. */
export function beginAccountChange(kept: AccountSessions, longestMs: number, at: Moment): AccountSessions {
  const pendingUntil = Math.max(kept.pendingUntil, at.now + longestMs);
  return keptOn({ ...kept, pending: kept.pending + 1, pendingUntil }, at);
}

/** A change of the account has reached the database. */
export function settleAccountChange(
  kept: AccountSessions,
  numbers: AccountNumbers,
  at: Moment,
): AccountSessions {
  const pending = Math.max(0, kept.pending - 1);
  const pendingUntil = pending === 0 ? 0 : kept.pendingUntil;
  return withoutEnded(raised({ ...kept, pending, pendingUntil }, numbers, at), at);
}

/** Leaves out the sessions that have ended. */
export function withoutEnded(kept: AccountSessions, at: Moment): AccountSessions {
  const sessions = kept.sessions.filter((session) => !hasEnded(kept, session, at));
  return sessions.length === kept.sessions.length ? kept : { ...kept, sessions };
}

/** Whether nothing of the account has to be remembered any more. */
export function isForgotten(kept: AccountSessions, { now }: Moment): boolean {
  return kept.sessions.length === 0 && kept.keptUntil <= now && kept.pendingUntil <= now;
}

function hasEnded(kept: AccountSessions, session: KeptSession, { now }: Moment): boolean {
  const expiresAt = Math.min(session.absoluteExpiresAt, session.lastSeenAt + session.idleMs);
  return expiresAt <= now || session.epoch < kept.epoch;
}

function standingOf(kept: AccountSessions, session: KeptSession, { now, run }: Moment): Standing {
  const isVouchedFor = session.run === run && session.isConfirmed;
  const isStale = !isVouchedFor || session.rightsVersion < kept.rightsVersion || kept.pending > 0;
  const settles = kept.pending === 0 || kept.pendingUntil <= now;
  return { state: isStale ? 'stale' : 'living', session, settles };
}

function written(kept: AccountSessions, session: KeptSession, at: Moment): Step<Standing> {
  const sessions = kept.sessions.map((each) => (each.sessionId === session.sessionId ? session : each));
  return { account: { ...kept, sessions }, answer: standingOf(kept, session, at) };
}

function askedAbout(session: KeptSession, { run }: Moment): KeptSession {
  return session.run === run ? session : { ...session, run, isConfirmed: false };
}

/** Numbers only go up. */
function raised(kept: AccountSessions, numbers: AccountNumbers, at: Moment): AccountSessions {
  const epoch = Math.max(kept.epoch, numbers.epoch);
  const rightsVersion = Math.max(kept.rightsVersion, numbers.rightsVersion);
  return keptOn({ ...kept, epoch, rightsVersion }, at);
}

function keptOn(kept: AccountSessions, { now }: Moment): AccountSessions {
  return { ...kept, keptUntil: now + NUMBERS_LIVE_MS };
}

function rotationOf(session: KeptSession, presented: string, { now }: Moment): Rotation {
  if (presented === '') return 'reused';
  if (presented === session.refreshHash) return 'rotated';
  return presented === session.previousHash && now < session.previousUntil ? 'retried' : 'reused';
}

function newSession(session: NewSession, { now, run }: Moment): KeptSession {
  return {
    sessionId: session.sessionId,
    createdAt: now,
    lastSeenAt: now,
    idleMs: session.idleMs,
    absoluteExpiresAt: now + session.absoluteMs,
    epoch: session.epoch,
    rightsVersion: session.rightsVersion,
    fingerprint: session.fingerprint,
    needsProof: false,
    body: session.body,
    run,
    isConfirmed: true,
    refreshHash: session.refreshHash,
    previousHash: '',
    previousUntil: 0,
  };
}
