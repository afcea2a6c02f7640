// Adding passkeys to an account, and taking them away.
//
// Defends: an account from a stranger's passkey. A passkey is made for one account, one client and one purpose, and only answers that
// challenge; routes let in only somebody who has just proved who they are. Names in options come from the account, never from the
// request. The last second factor of somebody who needs one stays.
import type { PasskeyCreationOptions, PasskeyList, PasskeyRegistration } from '@careward/api-schema';
import { generateRegistrationOptions } from '@simplewebauthn/server';
import type { ActingContext } from '../sessions/session.repository.ts';
import { passkeyErrors } from './passkey.errors.ts';
import type { PasskeyChange } from './passkey.repository.ts';
import { descriptorOf, type PasskeyParts, userHandleOf } from './passkey-authentication.service.ts';
import { ALGORITHMS, acceptRegistration, challengeIn, type MadePasskey } from './passkey-ceremony.ts';
import { CHALLENGE_LIVES_MS, type ChallengeUse } from './passkey-challenges.ts';

/** A passkey to be added; `first-factor`: only while the account has no second factor. */
export interface NewPasskey {
  readonly label: string;
  readonly response: PasskeyRegistration;
  readonly place: 'first-factor' | 'further-factor';
}

/** Makes, lists and removes an account's passkeys. */
export class PasskeyRegistrationService {
  readonly #parts: PasskeyParts;

  constructor(parts: PasskeyParts) {
    this.#parts = parts;
  }

  /** Options for a new passkey of the acting account. Devices that have one already say so by themselves. */
  async options(context: ActingContext, use: ChallengeUse): Promise<PasskeyCreationOptions> {
    const { party, owners, repository, challenges } = this.#parts;
    const [owner, passkeys] = await Promise.all([owners.get(context), repository.list(context)]);
    const options = await generateRegistrationOptions({
      rpID: party.id,
      rpName: party.name,
      userID: userHandleOf(context.actorId),
      userName: owner.email,
      userDisplayName: owner.displayName,
      challenge: await challenges.open(use),
      timeout: CHALLENGE_LIVES_MS,
      attestationType: 'none',
      supportedAlgorithmIDs: [...ALGORITHMS],
      excludeCredentials: passkeys.map((passkey) => descriptorOf(passkey)),
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    });
    return options as PasskeyCreationOptions; // every member was given
  }

  /** Adds a passkey, and tells its person by mail. Refuses with `passkey-refused`, or `passkey-limit-reached`. */
  async add(context: ActingContext, use: ChallengeUse, passkey: NewPasskey): Promise<MadePasskey> {
    const { party, repository, challenges, notifier } = this.#parts;
    const challenge = challengeIn(passkey.response.response);
    await challenges.redeem(challenge, use);
    const made = await acceptRegistration(party, passkey.response, challenge);
    const notices = await notifier.noticesOf(context.actorId, 'factor-added');
    const { label, place } = passkey;
    rejectUnlessDone(await repository.add(context, { ...made, label, place }, notices));
    this.#tell(context);
    return made;
  }

  /** The acting account's passkeys. */
  async list(context: ActingContext): Promise<PasskeyList> {
    const passkeys = await this.#parts.repository.list(context);
    const items = passkeys.map(({ credentialId, label, backedUp, createdAt, lastUsedAt }) => ({
      credentialId,
      label,
      backedUp,
      createdAt: createdAt.toISOString(),
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
    }));
    return { items };
  }

  /** Removes a passkey. Refuses with `passkey-not-found`, or `passkey-last-factor`. */
  async remove(context: ActingContext, credentialId: string, isFactorRequired: boolean): Promise<void> {
    const { repository, notifier } = this.#parts;
    const notices = await notifier.noticesOf(context.actorId, 'factor-removed');
    rejectUnlessDone(await repository.remove(context, { credentialId, isFactorRequired }, notices));
    this.#tell(context);
  }

  #tell({ actorId: accountId, origin }: ActingContext): void {
    this.#parts.events.emitEnterprise('account.factors-changed', { accountId }, origin);
  }
}

const CODES = {
  absent: 'passkey-not-found',
  taken: 'passkey-refused',
  'not-first': 'passkey-refused',
  full: 'passkey-limit-reached',
  'last-factor': 'passkey-last-factor',
} as const satisfies Record<Exclude<PasskeyChange, 'done'>, keyof typeof passkeyErrors.codes>;

function rejectUnlessDone(change: PasskeyChange): void {
  if (change !== 'done') throw passkeyErrors.error(CODES[change]);
}
