// How often somebody may be wrong.
//
// Defends: passwords and codes from being tried, by one attacker or by many, for one account or for many. Two counts: one for what is
// tried (an e-mail address whether or not it has an account, an account's codes), one for the address it comes from. A device that has
// signed in before has a count of its own instead of both, so that no stranger locks a person out of their own device, and people at
// devices of their own are not held up by whoever else is behind their address.
// Every attempt counts as failed before it is made, and is given back when it succeeds or could not be made. Giving it back changes
// nothing else: whoever signs in neither keeps older failures alive nor gives anybody fresh guesses. A success on a known device ends
// that device's count: the failures before it are disregarded (NIST SP 800-63B-4, 3.2.2).
// Does not defend a known device from whoever holds it: its count is its own ladder. Does not let strangers in from an address from
// which somebody goes on failing: see docs/compliance/sign-in-decisions.md.
import type { AccountId } from '@careward/kernel';
import type { AttemptRule, FailureWindow, IdentityStore, LockoutLadder } from '../../connections/index.ts';
import { limitKeyOf } from '../../edge/index.ts';
import type { EncryptionService } from '../../encryption/index.ts';
import type { EventService } from '../../events/index.ts';
import type { RequestOrigin } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import type { DeviceId } from '../sessions/session-types.ts';
import type { AccountRepository } from './account.repository.ts';
import { AddressLine } from './address-line.ts';

const MINUTE_MS = 60_000;

/** So many failures; then 10, 25, 45, 60 minutes, and six hours for each further one. */
export function accountLadder(locksAt: number): LockoutLadder {
  const lockMs = [10, 25, 45, 60, 360].map((minutes) => minutes * MINUTE_MS);
  return { locksAt, lockMs, forgetMs: 12 * 60 * MINUTE_MS };
}

/** So many failures of strangers from one address in any quarter of an hour. */
export function addressWindow(locksAt: number): FailureWindow {
  return { locksAt, windowMs: 15 * MINUTE_MS };
}

/** What is tried. */
export type AttemptKind = 'password' | 'second-factor';

/** Against whom an attempt counts. `stranger`: a device that is not known; `target` is what it tries: an e-mail index or an account. */
export type AttemptSubject =
  | { readonly device: 'known'; readonly accountId: AccountId; readonly deviceId: DeviceId }
  | { readonly device: 'stranger'; readonly target: string };

/** An attempt of which it is known whose account it is for. `action` is what a failure is recorded as. */
export interface OwnedAttempt {
  readonly kind: AttemptKind;
  readonly subject: AttemptSubject;
  readonly origin: RequestOrigin;
  readonly accountId: AccountId;
  readonly action: Parameters<AccountRepository['recordFailure']>[2];
}

/** `endsCount`: a success makes the failures before it nobody's business. */
interface Count {
  readonly name: string;
  readonly rule: AttemptRule;
  readonly endsCount: boolean;
}

/** What the service works with. */
export interface LockoutParts {
  readonly store: Pick<IdentityStore, 'attempt' | 'forgive' | 'disregard'>;
  readonly accounts: Pick<AccountRepository, 'recordFailure'>;
  readonly encryption: EncryptionService;
  readonly events: EventService;
  /** How many failures of one address, and of one account, lock it. */
  readonly addressFailures: number;
  readonly accountFailures: number;
}

const REFUSALS = { password: 'authentication-failed', 'second-factor': 'authentication-code-wrong' } as const;

/** Lets attempts be made, or refuses them with `authentication-locked`. */
export class LockoutService {
  readonly #parts: LockoutParts;
  readonly #line = new AddressLine();
  readonly #addressWindow: FailureWindow;
  readonly #accountLadder: LockoutLadder;

  constructor(parts: LockoutParts) {
    this.#parts = parts;
    this.#addressWindow = addressWindow(parts.addressFailures);
    this.#accountLadder = accountLadder(parts.accountFailures);
  }

  /**
   * Makes one attempt. `work` answers undefined when it failed: then it stays counted. When it throws, nothing was learnt by whoever
   * tried, and the attempt is given back.
   */
  async judge<T>(
    kind: AttemptKind,
    subject: AttemptSubject,
    origin: RequestOrigin,
    work: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    if (subject.device === 'known') {
      const name = `${kind}:${subject.accountId}:${subject.deviceId}`;
      return this.#count({ name, rule: this.#accountLadder, endsCount: true }, origin, work);
    }
    const address = limitKeyOf(origin.address);
    const ofAddress = { name: `address:${address}`, rule: this.#addressWindow, endsCount: false };
    const ofTarget = { name: `${kind}:${subject.target}`, rule: this.#accountLadder, endsCount: false };
    return this.#line.run(address, () =>
      this.#count(ofAddress, origin, () => this.#count(ofTarget, origin, work)),
    );
  }

  /**
   * Makes one attempt, answers what `work` answers, and refuses whoever was wrong with `authentication-failed` or
   * `authentication-code-wrong`: the failure stays counted, is recorded, and the account's person is shown it.
   */
  async requireRight<T>(attempt: OwnedAttempt, work: () => Promise<T | undefined>): Promise<T> {
    const { kind, subject, origin, accountId, action } = attempt;
    const outcome = await this.judge(kind, subject, origin, work);
    if (outcome !== undefined) return outcome;
    await this.#parts.accounts.recordFailure(origin, accountId, action);
    throw authenticationErrors.error(REFUSALS[kind]);
  }

  async #count<T>(
    { name, rule, endsCount }: Count,
    origin: RequestOrigin,
    work: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { store, events } = this.#parts;
    const subject = await this.#digest(name);
    const { allowed, retryAfterMs, failures, countedAt } = await store.attempt(subject, rule);
    if (!allowed) throw locked(retryAfterMs);
    const outcome = await work().catch(async (error: unknown) => {
      await store.forgive(subject, rule, countedAt);
      throw error;
    });
    if (outcome === undefined) {
      if (failures >= rule.locksAt) events.emitEnterprise('authentication.locked', { failures }, origin);
    } else if (endsCount) await store.disregard(subject);
    else await store.forgive(subject, rule, countedAt);
    return outcome;
  }

  /** The store learns neither addresses nor accounts from the names of its counts. */
  async #digest(name: string): Promise<string> {
    const platform = await this.#parts.encryption.forPlatform();
    return platform.mac('attempt', Buffer.from(name, 'utf8')).toString('base64url');
  }
}

function locked(retryAfterMs: number): Error {
  const retryAfterSeconds = Math.max(1, Math.ceil(retryAfterMs / 1_000));
  return authenticationErrors.error('authentication-locked', { retryAfterSeconds });
}
