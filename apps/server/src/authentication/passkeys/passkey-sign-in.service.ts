// Passkeys in a sign-in: as the first factor, as the second, and added on the way by somebody who needs a second factor.
//
// Defends: accounts whose password is known to a stranger. A passkey can be added in a sign-in only where the server asked for one, only
// while the account has no second factor at all, and answers only in the sign-in that it was asked in, by the same client.
// Does not decide whether a factor is enough: see sign-in/sign-in-flow.ts.
import type {
  PasskeyChallengeRequest,
  PasskeyCreationOptions,
  PasskeyEnrolmentRequest,
  PasskeyRequestOptions,
  PasskeySecondFactorRequest,
  PasskeySignInRequest,
  SignInResult,
} from '@careward/api-schema';
import { authenticationErrors } from '../authentication.errors.ts';
import type { ClientBinding } from '../sessions/session-types.ts';
import { actingAs } from '../sign-in/acting-as.ts';
import type { SignInChallenge } from '../sign-in/challenge.service.ts';
import type { DeviceTokens } from '../sign-in/known-device.ts';
import type { SignInFlow } from '../sign-in/sign-in-flow.ts';
import type { PasskeyAuthenticationService } from './passkey-authentication.service.ts';
import type { ChallengeUse } from './passkey-challenges.ts';
import type { PasskeyRegistrationService } from './passkey-registration.service.ts';

/** What the service works with. */
export interface PasskeySignInParts {
  readonly authentication: PasskeyAuthenticationService;
  readonly registration: PasskeyRegistrationService;
  readonly flow: SignInFlow;
  readonly deviceTokens: DeviceTokens;
}

/** Leads passkeys through the steps of a sign-in. */
export class PasskeySignInService {
  readonly #parts: PasskeySignInParts;

  constructor(parts: PasskeySignInParts) {
    this.#parts = parts;
  }

  /** Options for whoever wants to sign in by a passkey alone. */
  async options(client: ClientBinding): Promise<PasskeyRequestOptions> {
    return this.#parts.authentication.optionsForAnybody(signInUse(client));
  }

  /** Signs in by a passkey alone. Refuses with `passkey-refused`, or as the flow does. */
  async signIn(
    client: ClientBinding,
    { response, deviceToken }: PasskeySignInRequest,
  ): Promise<SignInResult> {
    const holder = await this.#parts.authentication.identify(client.origin, signInUse(client), response);
    const claim = await this.#parts.deviceTokens.read(deviceToken);
    const device = claim?.accountId === holder.accountId ? claim.deviceId : client.device;
    return this.#parts.flow.proceed({ ...client, device }, holder);
  }

  /** Options for the second step of a sign-in. */
  async secondFactorOptions(
    client: ClientBinding,
    { challenge }: PasskeyChallengeRequest,
  ): Promise<PasskeyRequestOptions> {
    const { accountId } = await this.#read(challenge, client, 'second-factor');
    const use = stepUse('second-factor', challenge, client);
    return this.#parts.authentication.optionsFor(client.origin, accountId, use);
  }

  /** Ends a sign-in by a passkey as second factor. */
  async secondFactor(
    client: ClientBinding,
    { challenge, response }: PasskeySecondFactorRequest,
  ): Promise<SignInResult> {
    const { accountId } = await this.#read(challenge, client, 'second-factor');
    const use = stepUse('second-factor', challenge, client);
    const { methods } = await this.#parts.authentication.prove(client.origin, accountId, use, response);
    return this.#parts.flow.complete(challenge, client, methods);
  }

  /** Options for a first passkey, in a sign-in that asks for one. */
  async enrolmentOptions(
    client: ClientBinding,
    { challenge }: PasskeyChallengeRequest,
  ): Promise<PasskeyCreationOptions> {
    const { accountId } = await this.#read(challenge, client, 'enrolment');
    const use = stepUse('enrolment', challenge, client);
    return this.#parts.registration.options(actingAs(client.origin, accountId), use);
  }

  /** Adds the first passkey and ends the sign-in with it. */
  async enrol(
    client: ClientBinding,
    { challenge, label, response }: PasskeyEnrolmentRequest,
  ): Promise<SignInResult> {
    const { accountId } = await this.#read(challenge, client, 'enrolment');
    const use = stepUse('enrolment', challenge, client);
    const context = actingAs(client.origin, accountId);
    const made = await this.#parts.registration.add(context, use, { label, response, place: 'first-factor' });
    return this.#parts.flow.complete(challenge, client, made.userVerified ? ['hwk', 'user'] : ['hwk']);
  }

  async #read(
    challenge: string,
    client: ClientBinding,
    purpose: SignInChallenge['purpose'],
  ): Promise<SignInChallenge> {
    const state = await this.#parts.flow.read(challenge, client);
    if (state.purpose !== purpose) throw authenticationErrors.error('authentication-challenge-invalid');
    return state;
  }
}

function signInUse({ keyThumbprint }: ClientBinding): ChallengeUse {
  return { ceremony: 'sign-in', subject: '', keyThumbprint };
}

/** The sign-in itself is the subject: an answer of one does not serve another of the same person. */
function stepUse(
  ceremony: 'second-factor' | 'enrolment',
  subject: string,
  { keyThumbprint }: ClientBinding,
): ChallengeUse {
  return { ceremony, subject, keyThumbprint };
}
