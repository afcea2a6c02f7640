// Proving who one is with a passkey.
//
// Defends: sign-in from forged, repeated, borrowed and copied passkeys. A passkey alone signs in only when the device has verified the
// person (PIN, finger, face); one that has not is a second factor. Which account a passkey belongs to is what the passkey itself says,
// and it has to be among that account's. Whatever fails, the answer is the same.
// Does not start sessions: see passkey-sign-in.service.ts.
import type { PasskeyAssertion, PasskeyRequestOptions } from '@careward/api-schema';
import { type AccountId, CarewardError, isUuid } from '@careward/kernel';
import { generateAuthenticationOptions } from '@simplewebauthn/server';
import type { EventService } from '../../events/index.ts';
import type { RequestOrigin } from '../../request-context/index.ts';
import type { ActingContext } from '../sessions/session.repository.ts';
import type { AuthenticationMethod } from '../sessions/session-types.ts';
import type { AccountRepository } from '../sign-in/account.repository.ts';
import type { AccountOwnerRepository } from '../sign-in/account-owner.repository.ts';
import { actingAs } from '../sign-in/acting-as.ts';
import type { PersonNotifier } from '../sign-in/person-notifier.ts';
import { passkeyErrors } from './passkey.errors.ts';
import type { PasskeyRepository, StoredPasskey } from './passkey.repository.ts';
import { type AcceptedAssertion, acceptAssertion, challengeIn } from './passkey-ceremony.ts';
import { CHALLENGE_LIVES_MS, type ChallengeUse, type PasskeyChallenges } from './passkey-challenges.ts';
import type { RelyingParty } from './relying-party.ts';

/** What passkeys are worked with. */
export interface PasskeyParts {
  readonly party: RelyingParty;
  readonly repository: PasskeyRepository;
  readonly challenges: PasskeyChallenges;
  readonly events: EventService;
  readonly notifier: PersonNotifier;
  readonly owners: AccountOwnerRepository;
  readonly accounts: Pick<AccountRepository, 'recordFailure'>;
}

/** Somebody whose passkey was accepted. */
export interface PasskeyHolder {
  readonly accountId: AccountId;
  /** `hwk`: has the key; `user`: the device has verified the person, which is a factor of its own. */
  readonly methods: readonly AuthenticationMethod[];
}

/** Asks for passkeys and believes them, or not. */
export class PasskeyAuthenticationService {
  readonly #parts: PasskeyParts;

  constructor(parts: PasskeyParts) {
    this.#parts = parts;
  }

  /** Options for whoever has a passkey here. They are the same for everybody: nobody is named, so nothing is told. */
  async optionsForAnybody(use: ChallengeUse): Promise<PasskeyRequestOptions> {
    return this.#options(use, 'required', []);
  }

  /** Options for one account, whose passkeys are named. Only for somebody who has shown another factor, or is signed in. */
  async optionsFor(
    origin: RequestOrigin,
    accountId: AccountId,
    use: ChallengeUse,
  ): Promise<PasskeyRequestOptions> {
    const passkeys = await this.#parts.repository.list(actingAs(origin, accountId));
    // Whoever proves themselves again shows no second factor beside it.
    return this.#options(use, use.ceremony === 'reauthentication' ? 'required' : 'preferred', passkeys);
  }

  /** Whoever the passkey says to be, verified by the device. Refuses with `passkey-refused`. */
  async identify(origin: RequestOrigin, use: ChallengeUse, answer: PasskeyAssertion): Promise<PasskeyHolder> {
    return this.#prove(origin, accountIn(answer), use, answer, true);
  }

  /** Whether this account's person holds one of its passkeys. Refuses with `passkey-refused`. */
  async prove(
    origin: RequestOrigin,
    accountId: AccountId,
    use: ChallengeUse,
    answer: PasskeyAssertion,
  ): Promise<PasskeyHolder> {
    try {
      return await this.#prove(origin, accountId, use, answer, false);
    } catch (error) {
      if (isRefusal(error)) await this.#recordFailure(origin, accountId, use);
      throw error;
    }
  }

  async #options(
    use: ChallengeUse,
    userVerification: 'required' | 'preferred',
    passkeys: readonly StoredPasskey[],
  ): Promise<PasskeyRequestOptions> {
    const { party, challenges } = this.#parts;
    const options = await generateAuthenticationOptions({
      rpID: party.id,
      challenge: await challenges.open(use),
      timeout: CHALLENGE_LIVES_MS,
      userVerification,
      allowCredentials: passkeys.map((passkey) => descriptorOf(passkey)),
    });
    return options as PasskeyRequestOptions; // every member was given
  }

  async #prove(
    origin: RequestOrigin,
    accountId: AccountId | undefined,
    use: ChallengeUse,
    answer: PasskeyAssertion,
    requireUserVerification: boolean,
  ): Promise<PasskeyHolder> {
    const { party, repository, challenges } = this.#parts;
    const challenge = challengeIn(answer.response);
    await challenges.redeem(challenge, use);
    if (accountId === undefined || !belongsTo(answer, accountId))
      throw passkeyErrors.error('passkey-refused');
    const context = actingAs(origin, accountId);
    const publicKey = await repository.findKey(context, answer.id);
    if (publicKey === undefined) throw passkeyErrors.error('passkey-refused');
    const accepted = await acceptAssertion(party, answer, { publicKey, challenge, requireUserVerification });
    await challenges.settle(challenge, use);
    await this.#countUse(context, answer.id, accepted);
    return { accountId, methods: accepted.userVerified ? ['hwk', 'user'] : ['hwk'] };
  }

  async #countUse(context: ActingContext, credentialId: string, accepted: AcceptedAssertion): Promise<void> {
    const { repository, events } = this.#parts;
    if (await repository.recordUse(context, credentialId, accepted)) return;
    await repository.recordRegression(context, credentialId);
    const { actorId: accountId, origin } = context;
    events.emitEnterprise('authentication.passkey-copied', { accountId }, origin);
    throw passkeyErrors.error('passkey-refused');
  }

  /** The person is shown it: whoever came this far knows their password, or has their session. */
  async #recordFailure(
    origin: RequestOrigin,
    accountId: AccountId,
    { ceremony }: ChallengeUse,
  ): Promise<void> {
    const action = ceremony === 'second-factor' ? 'sign-in.second-factor' : 'session.prove';
    await this.#parts.accounts.recordFailure(origin, accountId, action);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof CarewardError && error.code === 'passkey-refused';
}

/** The user handle is the account's id, as 16 bytes (WebAuthn Level 3, section 5.4.3). */
export function userHandleOf(accountId: AccountId): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(accountId.replaceAll('-', ''), 'hex'));
}

/** How a passkey is named to a browser. */
export function descriptorOf({ credentialId, transports }: StoredPasskey) {
  return { id: credentialId, transports: [...transports] as never }; // written by browsers, checked by the schema
}

function accountIn({ response }: PasskeyAssertion): AccountId | undefined {
  const hex = Buffer.from(response.userHandle ?? '', 'base64url').toString('hex');
  const text = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  return isUuid(text) ? (text as AccountId) : undefined;
}

/** A passkey that names an account has to name this one; second factors may name none. */
function belongsTo(answer: PasskeyAssertion, accountId: AccountId): boolean {
  return answer.response.userHandle == null || accountIn(answer) === accountId;
}
