import type { AccountId, SessionId } from '@careward/kernel';

/** A session as the store keeps it. Times are epoch milliseconds. Holds no token, only the hash of the present refresh token. */
export interface SessionRecord {
  readonly sessionId: SessionId;
  readonly accountId: AccountId;
  readonly createdAt: number;
  /** The session ends at this time however much it is used. */
  readonly absoluteExpiresAt: number;
  /** The session ends when it was not used for this long. */
  readonly idleMs: number;
  readonly refreshHash: string;
  /** What authentication remembers of the person, as JSON. */
  readonly principal: string;
}

/**
 * `rotated`: the presented token was the present one and is replaced. `reused`: it was not, so it has been used before or was
 * stolen; the session has been ended in the same step. `absent`: there is no such session.
 */
export type Rotation = 'rotated' | 'reused' | 'absent';

/**
 * Living sessions. Every operation is atomic, and a revocation that has returned holds for every later check of any process.
 *
 * All operations throw CarewardError `session-store-unavailable` when the store cannot be asked: sessions fail closed.
 */
export interface SessionStore {
  /** Keeps a new session. Throws `session-already-exists` for an id in use, `session-store-full` when no more fit. */
  create(session: SessionRecord): Promise<void>;
  /** The living session, whose idle time starts anew; undefined when it is absent, expired or revoked. */
  check(sessionId: SessionId): Promise<SessionRecord | undefined>;
  /**
   * Replaces the hash of the refresh token. Callers present hashes of tokens that name the same session: any other hash ends
   * the session (RFC 9700 section 4.14.2).
   */
  rotateRefresh(sessionId: SessionId, presentedHash: string, nextHash: string): Promise<Rotation>;
  /** Ends one session; ending an absent one is no error. */
  revoke(sessionId: SessionId): Promise<void>;
  /** Ends every session of the account that exists at this moment; later ones are not touched. */
  revokeAccount(accountId: AccountId): Promise<void>;
  /** How many sessions are kept: a figure for metrics, which may count ended ones until they would have expired. */
  count(): Promise<number>;
  /** Lets go of connections. Later calls are errors. */
  close(): Promise<void>;
}
