// The random values that passkeys sign.
//
// Defends against an answer that is used twice, late, by another client, for another account or another purpose. A challenge of somebody
// who is known already is kept with everything it was made for, taken out by its first use whether that succeeds or not, and compared as
// a whole. Anybody may ask for one to sign in by: it is a ticket (one-time-ticket.ts) that is not kept, and spent when its answer was right.
// Does not look at the answer itself: see passkey-ceremony.ts.
import { createHash, randomBytes } from 'node:crypto';
import type { IdentityStore } from '../../connections/index.ts';
import { OneTimeTickets, type TicketParts } from '../tokens/one-time-ticket.ts';
import { passkeyErrors } from './passkey.errors.ts';

/** What a challenge is made for. All of it has to be the same again when the answer comes. */
export interface ChallengeUse {
  readonly ceremony: 'sign-in' | 'second-factor' | 'enrolment' | 'reauthentication' | 'registration';
  /** Whose answer is expected: the account, or the sign-in that goes on; '' where anybody may answer. */
  readonly subject: string;
  /** Thumbprint of the client's key; null for a client without one. */
  readonly keyThumbprint: string | null;
}

/** How long a person has to answer. */
export const CHALLENGE_LIVES_MS = 300_000;
const CHALLENGE_BYTES = 32;

/** Makes challenges and takes them back. */
export class PasskeyChallenges {
  readonly #store: Pick<IdentityStore, 'keep' | 'take'>;
  readonly #tickets: OneTimeTickets;

  constructor(parts: TicketParts & { readonly store: Pick<IdentityStore, 'keep' | 'take'> }) {
    this.#store = parts.store;
    this.#tickets = new OneTimeTickets(parts, 'passkey', CHALLENGE_LIVES_MS);
  }

  /** A fresh challenge. */
  async open(use: ChallengeUse): Promise<Uint8Array<ArrayBuffer>> {
    if (isForAnybody(use))
      return new Uint8Array(Buffer.from(await this.#tickets.issue(contentOf(use)), 'base64url'));
    const challenge = new Uint8Array(randomBytes(CHALLENGE_BYTES));
    const text = Buffer.from(challenge).toString('base64url');
    await this.#store.keep(nameOf(text), contentOf(use), CHALLENGE_LIVES_MS);
    return challenge;
  }

  /**
   * Takes a challenge back before its answer is looked at. Refuses with `passkey-refused` what is unknown, spent, too old, or was made for
   * another use. One that anybody may ask for is spent by {@link settle} only.
   */
  async redeem(challenge: string, use: ChallengeUse): Promise<void> {
    const isGood = isForAnybody(use)
      ? await this.#tickets.isFor(challenge, contentOf(use))
      : (await this.#store.take(nameOf(challenge))) === contentOf(use);
    if (!isGood) throw passkeyErrors.error('passkey-refused');
  }

  /** Spends a challenge whose answer was right. Refuses with `passkey-refused` when another answer has spent it. */
  async settle(challenge: string, use: ChallengeUse): Promise<void> {
    if (isForAnybody(use) && !(await this.#tickets.spend(challenge)))
      throw passkeyErrors.error('passkey-refused');
  }
}

function isForAnybody({ ceremony }: ChallengeUse): boolean {
  return ceremony === 'sign-in';
}

/** The client chooses the text that is looked up: a digest keeps names short and of one form. */
function nameOf(challenge: string): string {
  return `passkey:${createHash('sha256').update(challenge).digest('base64url')}`;
}

function contentOf({ ceremony, subject, keyThumbprint }: ChallengeUse): string {
  return JSON.stringify([ceremony, subject, keyThumbprint]);
}
