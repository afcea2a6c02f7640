// Sessions in this process: the embedded default. They end with the process.
//
// Defends memory: the number of sessions is bounded, and at the bound new ones are refused; a living session is never dropped
// to make room. Each operation is one synchronous step, so no other can come between its parts.
import type { AccountId, Clock, SessionId } from '@careward/kernel';
import type { Rotation, SessionRecord, SessionStore } from './session-store.ts';
import { storeErrors } from './store.errors.ts';

const SWEEP_INTERVAL_MS = 60_000;

interface KeptSession {
  record: SessionRecord;
  idleExpiresAt: number;
}

/** A {@link SessionStore} over a bounded map. */
export class EmbeddedSessionStore implements SessionStore {
  readonly #clock: Clock;
  readonly #maxSessions: number;
  readonly #sessions = new Map<SessionId, KeptSession>();
  readonly #byAccount = new Map<AccountId, Set<SessionId>>();
  #sweptAt: number;

  constructor(clock: Clock, maxSessions = 100_000) {
    this.#clock = clock;
    this.#maxSessions = maxSessions;
    this.#sweptAt = clock.now();
  }

  async create(session: SessionRecord): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#sweptAt >= SWEEP_INTERVAL_MS) this.#sweep(now);
    if (this.#living(session.sessionId)) throw storeErrors.error('session-already-exists');
    this.#rejectFull(now);
    this.#sessions.set(session.sessionId, { record: { ...session }, idleExpiresAt: now + session.idleMs });
    const ids = this.#byAccount.get(session.accountId) ?? new Set();
    this.#byAccount.set(session.accountId, ids.add(session.sessionId));
  }

  async check(sessionId: SessionId): Promise<SessionRecord | undefined> {
    const kept = this.#living(sessionId);
    if (!kept) return undefined;
    kept.idleExpiresAt = this.#clock.now() + kept.record.idleMs;
    return { ...kept.record };
  }

  async rotateRefresh(sessionId: SessionId, presentedHash: string, nextHash: string): Promise<Rotation> {
    const kept = this.#living(sessionId);
    if (!kept) return 'absent';
    if (kept.record.refreshHash !== presentedHash) {
      this.#drop(sessionId);
      return 'reused';
    }
    kept.record = { ...kept.record, refreshHash: nextHash };
    kept.idleExpiresAt = this.#clock.now() + kept.record.idleMs;
    return 'rotated';
  }

  async revoke(sessionId: SessionId): Promise<void> {
    this.#drop(sessionId);
  }

  async revokeAccount(accountId: AccountId): Promise<void> {
    for (const sessionId of this.#byAccount.get(accountId) ?? []) this.#drop(sessionId);
  }

  async count(): Promise<number> {
    this.#sweep(this.#clock.now());
    return this.#sessions.size;
  }

  async close(): Promise<void> {
    this.#sessions.clear();
    this.#byAccount.clear();
  }

  #living(sessionId: SessionId): KeptSession | undefined {
    const kept = this.#sessions.get(sessionId);
    if (!kept) return undefined;
    if (!hasExpired(kept, this.#clock.now())) return kept;
    this.#drop(sessionId);
    return undefined;
  }

  #drop(sessionId: SessionId): void {
    const accountId = this.#sessions.get(sessionId)?.record.accountId;
    this.#sessions.delete(sessionId);
    if (accountId === undefined) return;
    const ids = this.#byAccount.get(accountId);
    ids?.delete(sessionId);
    if (ids?.size === 0) this.#byAccount.delete(accountId);
  }

  #rejectFull(now: number): void {
    if (this.#sessions.size < this.#maxSessions) return;
    this.#sweep(now);
    if (this.#sessions.size < this.#maxSessions) return;
    throw storeErrors.error('session-store-full', { retryAfterSeconds: 60 });
  }

  #sweep(now: number): void {
    this.#sweptAt = now;
    for (const [sessionId, kept] of this.#sessions) if (hasExpired(kept, now)) this.#drop(sessionId);
  }
}

function hasExpired(kept: KeptSession, now: number): boolean {
  return now >= kept.idleExpiresAt || now >= kept.record.absoluteExpiresAt;
}
