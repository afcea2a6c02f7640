// Sessions, limits, attempts, used proofs and kept values in this process: the embedded default.
//
// Defends memory: everything is bounded, and what must not be forgotten is never dropped to make room. Each operation is one
// synchronous step, so no other can come between its parts; what ends, renews or locks is on the disk before it is answered.
// Sessions outlive the process in a journal (session-journal.ts) and are stale then. Does not know of other processes.
import { randomUUID } from 'node:crypto';
import type { AccountId, Clock, SessionId } from '@careward/kernel';
import { EmbeddedAccounts } from './embedded-accounts.ts';
import { EmbeddedGate, NOT_ASKED } from './embedded-gate.ts';
import { EmbeddedLimitStore } from './embedded-limit-store.ts';
import { ExpiringMap } from './expiring-map.ts';
import type {
  AccountNumbers,
  AttemptDecision,
  Creation,
  GateAnswer,
  GateQuestion,
  IdentityStore,
  NewSession,
  Rotation,
  SessionAnswer,
  SessionCap,
  SessionRecord,
  SessionStatistics,
} from './identity-store.ts';
import { type AttemptRule, type LockoutState, lockoutAttempt, lockoutForgive } from './lockout.ts';
import { PurposeMaps } from './purpose-maps.ts';
import { answerOf, recordOf } from './session-answer.ts';
import { type JournalEntry, SessionJournal } from './session-journal.ts';
import {
  type AccountSessions,
  beginAccountChange,
  confirmSession,
  createSession,
  distrustSession,
  type Moment,
  revokeSession,
  rotateSession,
  settleAccountChange,
  withoutEnded,
} from './session-machine.ts';
import { storeErrors } from './store.errors.ts';

/** What an {@link EmbeddedIdentityStore} stands on. */
export interface EmbeddedIdentityOptions {
  /** The journal's file; undefined: everything ends with the process. */
  readonly path?: string | undefined;
  readonly clock: Clock;
  /** Shared with who takes from named limits. */
  readonly limits?: EmbeddedLimitStore;
  readonly maxSessions?: number;
  /** Kept values, and used names, of one purpose. */
  readonly maxEntries?: number;
}

interface SessionName {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
}

const MOST_ENTRIES = 100_000;
const ACTIVITY_INTERVAL_MS = 60_000;

/** An {@link IdentityStore} over bounded maps. */
export class EmbeddedIdentityStore implements IdentityStore {
  /** How often the store was asked. */
  operations = 0;
  readonly #clock: Clock;
  readonly #run = randomUUID();
  readonly #startedAt: number;
  readonly #limits: EmbeddedLimitStore;
  readonly #gate: EmbeddedGate;
  readonly #accounts: EmbeddedAccounts;
  /** Whoever waits for a step that was forgotten begins again: at the bound the oldest gives way. */
  readonly #kept: PurposeMaps<string>;
  readonly #used: PurposeMaps<true>;
  readonly #leases = new ExpiringMap<true>(1_000);
  readonly #attempts = new ExpiringMap<LockoutState>(MOST_ENTRIES, (state, now) => state.lockedUntil <= now);
  /** Accounts whose last change may wait. */
  readonly #active = new Set<AccountId>();
  #activityAt: number;
  #journal: SessionJournal | undefined;

  private constructor({ clock, limits, maxSessions, maxEntries = MOST_ENTRIES }: EmbeddedIdentityOptions) {
    this.#clock = clock;
    this.#kept = new PurposeMaps(maxEntries, () => true);
    this.#used = new PurposeMaps(maxEntries);
    this.#startedAt = clock.now();
    this.#activityAt = this.#startedAt;
    this.#limits = limits ?? new EmbeddedLimitStore(clock);
    this.#gate = new EmbeddedGate(this.#limits, this.#startedAt);
    this.#accounts = new EmbeddedAccounts(maxSessions ?? MOST_ENTRIES);
  }

  /** Opens the store with what its journal holds. */
  static async open(options: EmbeddedIdentityOptions): Promise<EmbeddedIdentityStore> {
    const store = new EmbeddedIdentityStore(options);
    if (options.path !== undefined) {
      store.#journal = await SessionJournal.open(
        options.path,
        (entry) => store.#restore(entry),
        () => store.#everything(),
      );
    }
    return store;
  }

  async gate({ address, session }: GateQuestion): Promise<GateAnswer> {
    const moment = this.#begin();
    const addressDecision = address && this.#limits.takeNow(address.key, address.limit);
    if (addressDecision?.allowed === false || session === undefined) {
      return { ...NOT_ASKED, address: addressDecision };
    }
    const { accountId } = session;
    const { account, answer } = this.#gate.ask(session, this.#accounts.get(accountId), moment);
    this.#writeLater(accountId, account, moment);
    return { ...answer, address: addressDecision };
  }

  async create(session: NewSession, cap: SessionCap): Promise<Creation> {
    const moment = this.#begin();
    this.#accounts.rejectFull(moment);
    const { accountId } = session;
    const { account, answer } = createSession(this.#accounts.get(accountId), session, cap, moment);
    await this.#write(accountId, account, moment);
    if (answer === 'exists') throw storeErrors.error('session-already-exists');
    return answer;
  }

  async confirm(
    at: SessionName & { readonly settles: boolean },
    numbers: AccountNumbers,
    body: string,
  ): Promise<SessionRecord | undefined> {
    const moment = this.#begin();
    const { account, answer } = confirmSession(this.#accounts.get(at.accountId), at, numbers, body, moment);
    this.#writeLater(at.accountId, account, moment);
    return answer.state === 'ended' ? undefined : recordOf(at.accountId, answer.session);
  }

  async distrust(accountId: AccountId, sessionId: SessionId): Promise<void> {
    const moment = this.#begin();
    const { account } = distrustSession(this.#accounts.get(accountId), sessionId, moment);
    await this.#write(accountId, account, moment);
  }

  async rotateRefresh(
    { accountId, sessionId }: SessionName,
    hashes: { readonly presented: string; readonly next: string },
    graceMs: number,
  ): Promise<{ readonly rotation: Rotation; readonly session: SessionAnswer }> {
    const moment = this.#begin();
    const asked = { ...hashes, graceMs };
    const { account, answer } = rotateSession(this.#accounts.get(accountId), sessionId, asked, moment);
    await this.#write(accountId, account, moment);
    return { rotation: answer.rotation, session: answerOf(accountId, answer.standing) };
  }

  async beginChange(accountId: AccountId, longestMs: number): Promise<void> {
    const moment = this.#begin();
    this.#writeLater(accountId, beginAccountChange(this.#accounts.get(accountId), longestMs, moment), moment);
  }

  async settleChange(accountId: AccountId, numbers: AccountNumbers): Promise<void> {
    const moment = this.#begin();
    await this.#write(accountId, settleAccountChange(this.#accounts.get(accountId), numbers, moment), moment);
  }

  async revoke(accountId: AccountId, sessionId: SessionId): Promise<void> {
    const moment = this.#begin();
    await this.#write(accountId, revokeSession(this.#accounts.get(accountId), sessionId, moment), moment);
  }

  async list(accountId: AccountId): Promise<readonly SessionRecord[]> {
    const { sessions } = withoutEnded(this.#accounts.get(accountId), this.#begin());
    return sessions.map((session) => recordOf(accountId, session));
  }

  async walk(): Promise<{ readonly cursor: string; readonly accounts: readonly AccountId[] }> {
    this.#accounts.sweep(this.#begin());
    const accounts = [...this.#accounts.entries()].filter(([, { sessions }]) => sessions.length > 0);
    return { cursor: '', accounts: accounts.map(([accountId]) => accountId) };
  }

  async sweep(): Promise<SessionStatistics> {
    const { accounts } = await this.walk();
    return { sessions: this.#accounts.sessions, accounts: accounts.length };
  }

  async attempt(subject: string, rule: AttemptRule): Promise<AttemptDecision> {
    const { now } = this.#begin();
    const { allowed, retryAfterMs, state } = lockoutAttempt(this.#attempts.get(subject, now), now, rule);
    if (allowed) this.#writeAttempts(subject, state, now);
    if (allowed && state && state.lockedUntil > now) await this.#journal?.flush();
    return { allowed, retryAfterMs, failures: state?.attempts.length ?? 0, countedAt: allowed ? now : 0 };
  }

  async forgive(subject: string, rule: AttemptRule, countedAt: number): Promise<void> {
    const { now } = this.#begin();
    this.#writeAttempts(subject, lockoutForgive(this.#attempts.get(subject, now), countedAt, rule), now);
  }

  async disregard(subject: string): Promise<void> {
    const { now } = this.#begin();
    if (this.#attempts.get(subject, now) !== undefined) this.#writeAttempts(subject, undefined, now);
  }

  async keep(name: string, value: string, livesMs: number): Promise<void> {
    const { now } = this.#begin();
    this.#kept.of(name).set(name, value, now + livesMs, now);
  }

  async peek(name: string): Promise<string | undefined> {
    return this.#kept.of(name).get(name, this.#begin().now);
  }

  async take(name: string): Promise<string | undefined> {
    const kept = this.#kept.of(name);
    const value = kept.get(name, this.#begin().now);
    kept.delete(name);
    return value;
  }

  async lease(name: string, livesMs: number): Promise<boolean> {
    return this.#leases.add(name, true, livesMs, this.#begin().now);
  }

  async once(name: string, livesMs: number): Promise<boolean> {
    return this.#used.of(name).add(name, true, livesMs, this.#begin().now);
  }

  async ping(): Promise<void> {
    this.#begin();
  }

  async close(): Promise<void> {
    this.#addActivity();
    await this.#journal?.close();
    this.#accounts.clear();
    for (const map of [this.#kept, this.#used, this.#leases, this.#attempts]) map.clear();
    await this.#limits.close();
  }

  #begin(): Moment {
    this.operations += 1;
    const now = this.#clock.now();
    if (this.#journal && now - this.#activityAt >= ACTIVITY_INTERVAL_MS) {
      this.#activityAt = now;
      this.#addActivity();
      // What cannot be written now is written anew by the next change that waits for the disk, which tells of it.
      this.#journal.flush().catch(() => undefined);
    }
    return { now, run: this.#run };
  }

  async #write(accountId: AccountId, account: AccountSessions, moment: Moment): Promise<void> {
    if (this.#accounts.set(accountId, account, moment)) this.#add(accountId);
    await this.#journal?.flush();
  }

  #writeLater(accountId: AccountId, account: AccountSessions, moment: Moment): void {
    if (this.#accounts.set(accountId, account, moment) && this.#journal) this.#active.add(accountId);
  }

  #writeAttempts(subject: string, state: LockoutState | undefined, now: number): void {
    if (state === undefined) this.#attempts.delete(subject);
    else this.#attempts.set(subject, state, state.forgottenAt, now);
    this.#journal?.add({ kind: 'attempts', name: subject, value: state ?? null });
  }

  #add(accountId: AccountId): void {
    this.#active.delete(accountId);
    this.#journal?.add({ kind: 'account', name: accountId, value: this.#accounts.get(accountId) });
  }

  #addActivity(): void {
    for (const accountId of this.#active) this.#add(accountId);
  }

  #restore({ kind, name, value }: JournalEntry): void {
    const moment = { now: this.#startedAt, run: this.#run };
    if (kind === 'attempts') {
      const state = value as LockoutState | null;
      if (state === null) this.#attempts.delete(name);
      else this.#attempts.set(name, state, state.forgottenAt, moment.now);
      return;
    }
    this.#accounts.set(name as AccountId, withoutEnded(value as AccountSessions, moment), moment);
  }

  *#everything(): Generator<JournalEntry> {
    for (const [name, value] of this.#accounts.entries()) yield { kind: 'account', name, value };
    for (const [name, value] of this.#attempts.entries()) yield { kind: 'attempts', name, value };
  }
}
