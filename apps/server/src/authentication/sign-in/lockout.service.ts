// How often somebody may be wrong.
//
// Defends: passwords and codes from being tried, by one attacker or by many, for one account or for many. Two counts: one for what is
// tried (an e-mail address whether or not it has an account, an account's codes), one for the address it comes from. A device that has
// signed in before has a count of its own instead of both, so that no stranger locks a person out of their own device, and colleagues
// behind one address do not lock each other out.
// Every attempt counts as failed before it is made, and is given back when it succeeds or could not be made.
// Does not defend a known device from whoever holds it: its count is its own ladder.
import type { AccountId } from '@careward/kernel';
import type { IdentityStore, LockoutLadder } from '../../connections/index.ts';
import { limitKeyOf } from '../../edge/index.ts';
import type { EncryptionService } from '../../encryption/index.ts';
import type { EventService } from '../../events/index.ts';
import type { RequestOrigin } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import type { DeviceId } from '../sessions/session-types.ts';
import { AddressLine } from './address-line.ts';

const MINUTE_MS = 60_000;

/** So many failures; then 10, 25, 45, 60 minutes, and six hours for each further one. */
export function accountLadder(locksAt: number): LockoutLadder {
  const lockMs = [10, 25, 45, 60, 360].map((minutes) => minutes * MINUTE_MS);
  return { locksAt, lockMs, forgetMs: 12 * 60 * MINUTE_MS };
}

/** So many failures of strangers from one address, and it waits a quarter of an hour. */
function addressLadder(locksAt: number): LockoutLadder {
  return { locksAt, lockMs: [15 * MINUTE_MS], forgetMs: 15 * MINUTE_MS };
}

/** What is tried. */
export type AttemptKind = 'password' | 'second-factor';

/** Against whom an attempt counts. `stranger`: a device that is not known; `target` is what it tries: an e-mail index or an account. */
export type AttemptSubject =
  | { readonly device: 'known'; readonly accountId: AccountId; readonly deviceId: DeviceId }
  | { readonly device: 'stranger'; readonly target: string };

/** What the service works with. */
export interface LockoutParts {
  readonly store: Pick<IdentityStore, 'attempt' | 'forgive'>;
  readonly encryption: EncryptionService;
  readonly events: EventService;
  /** How many failures of one address, and of one account, lock it. */
  readonly addressFailures: number;
  readonly accountFailures: number;
}

/** Lets attempts be made, or refuses them with `authentication-locked`. */
export class LockoutService {
  readonly #parts: LockoutParts;
  readonly #line = new AddressLine();
  readonly #addressLadder: LockoutLadder;
  readonly #accountLadder: LockoutLadder;

  constructor(parts: LockoutParts) {
    this.#parts = parts;
    this.#addressLadder = addressLadder(parts.addressFailures);
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
      return this.#count(name, this.#accountLadder, origin, work);
    }
    const address = limitKeyOf(origin.address);
    return this.#line.run(address, () =>
      this.#count(`address:${address}`, this.#addressLadder, origin, () =>
        this.#count(`${kind}:${subject.target}`, this.#accountLadder, origin, work),
      ),
    );
  }

  async #count<T>(
    name: string,
    ladder: LockoutLadder,
    origin: RequestOrigin,
    work: () => Promise<T | undefined>,
  ): Promise<T | undefined> {
    const { store, events } = this.#parts;
    const subject = await this.#digest(name);
    const { allowed, retryAfterMs, failures } = await store.attempt(subject, ladder);
    if (!allowed) throw locked(retryAfterMs);
    const outcome = await work().catch(async (error: unknown) => {
      await store.forgive(subject, ladder);
      throw error;
    });
    if (outcome !== undefined) await store.forgive(subject, ladder);
    else if (failures >= ladder.locksAt) events.emitEnterprise('authentication.locked', { failures }, origin);
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
