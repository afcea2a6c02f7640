import type { AccountId, ClinicId, SessionId } from '@careward/kernel';
import type { Limit, LimitDecision } from './limit-store.ts';
import type { AttemptRule } from './lockout.ts';

/** A session as the store keeps it. Times are epoch milliseconds by the store's clock. Holds no token, only hashes of refresh tokens. */
export interface SessionRecord {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly createdAt: number;
  /** Behind by up to a sixteenth of `idleMs`: later requests write nothing. */
  readonly lastSeenAt: number;
  /** The session ends when it was not used for this long. */
  readonly idleMs: number;
  /** The session ends at this time however much it is used. */
  readonly absoluteExpiresAt: number;
  /** `account.session_epoch` and `account.rights_version` as the database had them when the rights in `body` were read. */
  readonly epoch: number;
  readonly rightsVersion: number;
  /** 16 hexadecimal digits in lower case that look alike for the same kind of client; a hint, never a lock. */
  readonly fingerprint: string;
  /** The device looks like another one, or the session was found suspicious: its person has to prove themselves again. */
  readonly needsProof: boolean;
  /** What authentication remembers: rights, bound key, how and when the person proved themselves. JSON. */
  readonly body: string;
}

/** A session to be made. */
export interface NewSession {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly idleMs: number;
  /** From the store's now. */
  readonly absoluteMs: number;
  readonly epoch: number;
  readonly rightsVersion: number;
  readonly fingerprint: string;
  /** SHA-256 of the refresh token, base64url; '' for a session without one. */
  readonly refreshHash: string;
  readonly body: string;
}

/** What one request asks of the store, all of it in one round trip. */
export interface GateQuestion {
  /** Undefined: the address is not counted. */
  readonly address?: { readonly key: string; readonly limit: Limit };
  /** Undefined: nobody claims to be signed in. All parts were vouched for by our own signature before the store is asked. */
  readonly session?: {
    readonly accountId: AccountId;
    readonly sessionId: SessionId;
    readonly fingerprint: string;
    readonly accountLimit: Limit;
    readonly clinic?: { readonly clinicId: ClinicId; readonly limit: Limit };
    /** A DPoP proof: `id` is unique to key and jti; issued at epoch milliseconds, and for how long from now it would be accepted. */
    readonly proof?: { readonly id: string; readonly issuedAt: number; readonly livesMs: number };
  };
}

/**
 * What became of the session asked about. `living`: as recorded. `stale`: alive, but its rights have to be read from the database
 * before they are believed (see `confirm`); `settles`: no change can still be
 * on its way, so what the database says now ends the doubt. `ended`: absent, expired or revoked.
 */
export type SessionAnswer =
  | { readonly state: 'living'; readonly session: SessionRecord }
  | { readonly state: 'stale'; readonly session: SessionRecord; readonly settles: boolean }
  | { readonly state: 'ended' };

/**
 * The answer to a {@link GateQuestion}. The address is counted first: refused there, nothing else is looked at. A session that has
 * ended counts against nobody else. Of any other the proof is looked at, then the account's limit, then the clinic's, and only a
 * request that passed them all counts as activity of the session. What comes behind a refusal, a replayed or an early proof is
 * undefined and has taken nothing.
 *
 * On a Redis Cluster the three are asked at the same time: a request that its address refuses has then counted against the account
 * as well, its proof is used and the session was active; the clinic gets back what was taken for a refused session.
 */
export interface GateAnswer {
  readonly address: LimitDecision | undefined;
  readonly session: SessionAnswer | undefined;
  /** `early`: made before this run of the store, which remembers no older proofs, so nobody can tell whether it was used. */
  readonly proof: 'fresh' | 'replayed' | 'early' | undefined;
  readonly account: LimitDecision | undefined;
  readonly clinic: LimitDecision | undefined;
}

/** What the database says of an account's numbers. */
export interface AccountNumbers {
  readonly epoch: number;
  readonly rightsVersion: number;
}

/** `retried`: the token before, by the same bound client within the grace, because the answer was lost. `reused` has ended the session. */
export type Rotation = 'rotated' | 'retried' | 'reused' | 'absent';

/** Whether an attempt may be made, and if not, when. */
export interface AttemptDecision {
  readonly allowed: boolean;
  readonly retryAfterMs: number;
  /** Failures that are remembered, this attempt among them until it is forgiven; at most as many as the rule can tell apart. */
  readonly failures: number;
  /** What {@link IdentityStore.forgive} takes this attempt back by; 0 when it was refused. Epoch milliseconds by the store's clock. */
  readonly countedAt: number;
}

/** How many sessions an account may have, and what happens at one more. */
export interface SessionCap {
  readonly maximum: number;
  readonly atCap: 'end-oldest' | 'refuse';
}

/** `refused`: the account has as many as it may. `ended`: the sessions that had to go. */
export type Creation =
  | { readonly created: true; readonly ended: readonly SessionId[] }
  | { readonly created: false };

/** Figures of the whole store, or of what was looked at of it. */
export interface SessionStatistics {
  readonly sessions: number;
  readonly accounts: number;
}

/**
 * Everything that identity keeps outside the database: sessions, limits, attempts, used proofs, what waits for the next step of a
 * sign-in. Every operation is atomic, and a revocation that has returned holds for every later question of any process.
 *
 * The store only remembers. It was confirmed by the database, and says `stale` whenever that cannot be relied on: another run of the
 * store (restart, restore, failover, a slot of a cluster that moved), numbers that were raised, a change on its way. Numbers and
 * sessions of an account are kept and lost together, so there is no session whose numbers are unknown. A database that is restored
 * from a backup may have lower numbers than the store: empty the store then, or its people cannot sign in.
 *
 * All operations throw CarewardError `session-store-unavailable` when the store cannot be asked.
 */
export interface IdentityStore {
  /** One round trip: see {@link GateQuestion}. */
  gate(question: GateQuestion): Promise<GateAnswer>;

  /** Keeps a new session. Throws `session-store-full` when no more fit, `session-already-exists` for an id in use. */
  create(session: NewSession, cap: SessionCap): Promise<Creation>;
  /**
   * Tells the store what the database says of a session that was stale: the account's numbers and the new `body`. Undefined when the
   * session has ended meanwhile, or its epoch is over. `settles` as the gate answered it. What was read before the store was
   * restarted, or under an older version than the store has seen, is answered or left out, and the session stays stale.
   */
  confirm(
    at: { readonly accountId: AccountId; readonly sessionId: SessionId; readonly settles: boolean },
    numbers: AccountNumbers,
    body: string,
  ): Promise<SessionRecord | undefined>;
  /** Marks a session as one whose person has to prove themselves; the proof is a new session in its place. */
  distrust(accountId: AccountId, sessionId: SessionId): Promise<void>;
  /** Replaces the refresh token's hash. `graceMs` 0: the token before is never taken again. Any other hash ends the session (RFC 9700, 4.14.2). */
  rotateRefresh(
    at: { readonly accountId: AccountId; readonly sessionId: SessionId },
    hashes: { readonly presented: string; readonly next: string },
    graceMs: number,
  ): Promise<{ readonly rotation: Rotation; readonly session: SessionAnswer }>;

  /** Says that the account's rights are about to change: until `settleChange`, or `longestMs`, its sessions are all stale. */
  beginChange(accountId: AccountId, longestMs: number): Promise<void>;
  /**
   * The change is in the database, or was given up: these are the account's numbers now. Sessions of lower epochs are over at once.
   * Numbers never go down. To be called once for each {@link beginChange}; without it the account's sessions stay stale until the
   * longest time has passed and the database was asked.
   */
  settleChange(accountId: AccountId, numbers: AccountNumbers): Promise<void>;
  /** Ends one session; ending an absent one is no error. */
  revoke(accountId: AccountId, sessionId: SessionId): Promise<void>;

  /** The account's living sessions, the oldest first. Touches none. */
  list(accountId: AccountId): Promise<readonly SessionRecord[]>;
  /** The next accounts that have sessions, in no order; an account may come twice. Begin with ''; the walk ends with ''. */
  walk(cursor: string): Promise<{ readonly cursor: string; readonly accounts: readonly AccountId[] }>;
  /** Removes what has expired and counts what is left. */
  sweep(): Promise<SessionStatistics>;

  /** Asks to try something that can fail (see lockout.ts): counts a failure at once, so that parallel attempts cannot step around the rule. */
  attempt(subject: string, rule: AttemptRule): Promise<AttemptDecision>;
  /** The attempt did not fail: it is not counted, a lock that it had set is lifted, and nothing else has changed. */
  forgive(subject: string, rule: AttemptRule, countedAt: number): Promise<void>;
  /** All failures so far are disregarded, those of attempts that are being made as well. */
  disregard(subject: string): Promise<void>;

  /** Keeps a short-lived value under a name: what a sign-in waits for. */
  keep(name: string, value: string, livesMs: number): Promise<void>;
  /** Reads a kept value. */
  peek(name: string): Promise<string | undefined>;
  /** Reads and removes a kept value: two takers cannot both have it. */
  take(name: string): Promise<string | undefined>;
  /** Whether this process may do the named job now; nobody else may for `livesMs`. For few names, none of them chosen outside. */
  lease(name: string, livesMs: number): Promise<boolean>;
  /** Whether the name is used for the first time in `livesMs`: of any number who ask at once, one. Used names are never forgotten early. */
  once(name: string, livesMs: number): Promise<boolean>;

  /** Throws when the store cannot be asked. */
  ping(): Promise<void>;
  /** Lets go of connections and files. */
  close(): Promise<void>;
}
