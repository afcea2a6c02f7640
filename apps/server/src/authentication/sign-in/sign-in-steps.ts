import type {
  EnrolmentBegin,
  EnrolmentConfirm,
  Reauthentication,
  SecondFactorProof,
  SignInRequest,
  SignInResult,
  TokenResponse,
  TotpEnrolment,
} from '@careward/api-schema';
import type { FastifyReply } from 'fastify';
import { type CarewardRequest, identityContextOf, requirePrincipal } from '../../request-context/index.ts';
import type { ClientBindings } from '../gate/client-binding.ts';
import { deliverRenewal, deliverSession, setCookie } from '../gate/deliver-session.ts';
import type { ClientBinding } from '../sessions/session-types.ts';
import { DEVICE_COOKIE } from './known-device.ts';
import type { PasswordSignInService } from './password-sign-in.service.ts';
import type { ReauthenticationService } from './reauthentication.service.ts';
import type { SecondFactorSignInService } from './second-factor-sign-in.service.ts';

/** A browser keeps no cookie longer (RFC 6265bis, 5.5). */
const DEVICE_COOKIE_SECONDS = 400 * 86_400;

/** The steps of a sign-in as requests: who asks, what was asked, and how the answer is handed over. */
export class SignInSteps {
  readonly #clients: ClientBindings;
  readonly #passwords: PasswordSignInService;
  readonly #secondFactors: SecondFactorSignInService;
  readonly #reauthentication: ReauthenticationService;

  constructor(parts: {
    readonly clients: ClientBindings;
    readonly passwords: PasswordSignInService;
    readonly secondFactors: SecondFactorSignInService;
    readonly reauthentication: ReauthenticationService;
  }) {
    this.#clients = parts.clients;
    this.#passwords = parts.passwords;
    this.#secondFactors = parts.secondFactors;
    this.#reauthentication = parts.reauthentication;
  }

  /** The first step: e-mail address and password. */
  async password(request: CarewardRequest, reply: FastifyReply, body: SignInRequest): Promise<SignInResult> {
    const client = await this.#clients.of(request, reply, body.clinicId);
    const answer = await this.#passwords.signIn(client, body, request.headers);
    return deliverSignIn(reply, client, answer);
  }

  /** The second step: a code. */
  async secondFactor(
    request: CarewardRequest,
    reply: FastifyReply,
    body: SecondFactorProof,
  ): Promise<SignInResult> {
    const client = await this.#clients.of(request, reply);
    return deliverSignIn(reply, client, await this.#secondFactors.complete(client, body));
  }

  /** The second step of whoever has to add an authenticator app: its secret. */
  async beginEnrolment(
    request: CarewardRequest,
    reply: FastifyReply,
    { challenge }: EnrolmentBegin,
  ): Promise<TotpEnrolment> {
    const client = await this.#clients.of(request, reply);
    return this.#secondFactors.beginEnrolment(client, challenge);
  }

  /** The third: its first code. */
  async confirmEnrolment(
    request: CarewardRequest,
    reply: FastifyReply,
    body: EnrolmentConfirm,
  ): Promise<SignInResult> {
    const client = await this.#clients.of(request, reply);
    return deliverSignIn(reply, client, await this.#secondFactors.confirmEnrolment(client, body));
  }

  /** Proving oneself again: the tokens of the session that takes the present one's place. */
  async prove(request: CarewardRequest, reply: FastifyReply, body: Reauthentication): Promise<TokenResponse> {
    const principal = requirePrincipal(request);
    const started = await this.#reauthentication.prove(identityContextOf(request), principal, body);
    return deliverRenewal(reply, principal, started);
  }
}

/** Hands the answer of any step to its client: a browser gets tokens and device token as cookies that no script can read. */
export function deliverSignIn(
  reply: FastifyReply,
  client: Pick<ClientBinding, 'kind'>,
  answer: SignInResult,
): SignInResult {
  if (answer.status !== 'signed-in') return answer;
  const delivered = deliverSession(reply, client, answer);
  if (client.kind === 'api' || answer.deviceToken === undefined) return delivered;
  setCookie(reply, DEVICE_COOKIE, answer.deviceToken, DEVICE_COOKIE_SECONDS);
  return { ...delivered, deviceToken: undefined };
}
