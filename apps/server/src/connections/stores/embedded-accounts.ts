import type { AccountId } from '@careward/kernel';
import {
  type AccountSessions,
  isForgotten,
  type Moment,
  UNKNOWN_ACCOUNT,
  withoutEnded,
} from './session-machine.ts';
import { storeErrors } from './store.errors.ts';

const SWEEP_INTERVAL_MS = 60_000;

/** The accounts of the embedded store. At the bound new sessions are refused; a living one is never dropped to make room. */
export class EmbeddedAccounts {
  readonly #accounts = new Map<AccountId, AccountSessions>();
  readonly #maxSessions: number;
  #sessions = 0;
  #sweptAt = 0;

  constructor(maxSessions: number) {
    this.#maxSessions = maxSessions;
  }

  /** Sessions that are kept at the moment. */
  get sessions(): number {
    return this.#sessions;
  }

  /** What is kept of an account. */
  get(accountId: AccountId): AccountSessions {
    return this.#accounts.get(accountId) ?? UNKNOWN_ACCOUNT;
  }

  /** Keeps it from now on. True when something has changed. */
  set(accountId: AccountId, account: AccountSessions, moment: Moment): boolean {
    const before = this.get(accountId);
    if (before === account) return false;
    this.#sessions += account.sessions.length - before.sessions.length;
    if (isForgotten(account, moment)) this.#accounts.delete(accountId);
    else this.#accounts.set(accountId, account);
    return true;
  }

  /** Throws `session-store-full` when no more sessions fit. */
  rejectFull(moment: Moment): void {
    if (moment.now - this.#sweptAt >= SWEEP_INTERVAL_MS) this.sweep(moment);
    if (this.#sessions < this.#maxSessions) return;
    this.sweep(moment);
    if (this.#sessions < this.#maxSessions) return;
    throw storeErrors.error('session-store-full', { retryAfterSeconds: 60 });
  }

  /** Forgets what has ended. */
  sweep(moment: Moment): void {
    this.#sweptAt = moment.now;
    for (const [accountId, account] of this.#accounts) {
      this.set(accountId, withoutEnded(account, moment), moment);
      if (isForgotten(this.get(accountId), moment)) this.#accounts.delete(accountId);
    }
  }

  /** All of them. */
  entries(): Iterable<readonly [AccountId, AccountSessions]> {
    return this.#accounts;
  }

  /** Forgets everything. */
  clear(): void {
    this.#accounts.clear();
    this.#sessions = 0;
  }
}
