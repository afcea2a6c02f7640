import type {
  PasskeyChallengeRequest,
  PasskeyCreationOptions,
  PasskeyEnrolmentRequest,
  PasskeyRequestOptions,
  PasskeySecondFactorRequest,
  PasskeySignInRequest,
  SignInResult,
} from '@careward/api-schema';
import type { FastifyReply } from 'fastify';
import type { CarewardRequest } from '../../request-context/index.ts';
import type { ClientBindings } from '../gate/client-binding.ts';
import { deliverSignIn } from '../sign-in/sign-in-steps.ts';
import type { PasskeySignInService } from './passkey-sign-in.service.ts';

/** The steps of a sign-in by passkey as requests: who asks, what was asked, and how the answer is handed over. */
export class PasskeySignInSteps {
  readonly #clients: ClientBindings;
  readonly #passkeys: PasskeySignInService;

  constructor(clients: ClientBindings, passkeys: PasskeySignInService) {
    this.#clients = clients;
    this.#passkeys = passkeys;
  }

  /** The first step: what to sign. */
  async options(request: CarewardRequest, reply: FastifyReply): Promise<PasskeyRequestOptions> {
    return this.#passkeys.options(await this.#clients.of(request, reply));
  }

  /** The second, and mostly the last: the signature. */
  async signIn(
    request: CarewardRequest,
    reply: FastifyReply,
    body: PasskeySignInRequest,
  ): Promise<SignInResult> {
    const client = await this.#clients.of(request, reply, body.clinicId);
    return deliverSignIn(reply, client, await this.#passkeys.signIn(client, body));
  }

  /** As second factor: what to sign. */
  async secondFactorOptions(
    request: CarewardRequest,
    reply: FastifyReply,
    body: PasskeyChallengeRequest,
  ): Promise<PasskeyRequestOptions> {
    return this.#passkeys.secondFactorOptions(await this.#clients.of(request, reply), body);
  }

  /** As second factor: the signature. */
  async secondFactor(
    request: CarewardRequest,
    reply: FastifyReply,
    body: PasskeySecondFactorRequest,
  ): Promise<SignInResult> {
    const client = await this.#clients.of(request, reply);
    return deliverSignIn(reply, client, await this.#passkeys.secondFactor(client, body));
  }

  /** For whoever has to add a factor: what to make. */
  async enrolmentOptions(
    request: CarewardRequest,
    reply: FastifyReply,
    body: PasskeyChallengeRequest,
  ): Promise<PasskeyCreationOptions> {
    return this.#passkeys.enrolmentOptions(await this.#clients.of(request, reply), body);
  }

  /** For whoever has to add a factor: the passkey. */
  async enrol(
    request: CarewardRequest,
    reply: FastifyReply,
    body: PasskeyEnrolmentRequest,
  ): Promise<SignInResult> {
    const client = await this.#clients.of(request, reply);
    return deliverSignIn(reply, client, await this.#passkeys.enrol(client, body));
  }
}
