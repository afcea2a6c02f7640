// What a signed-in person does with their own passkeys.
//
// Defends: an open session from becoming a lasting one. Routes that add or remove ask for a recent proof; every challenge is bound to the
// session that asked, so that an answer given in one session cannot be used in another.
import { needsSecondFactor, type Role } from '@careward/access-policy';
import type {
  PasskeyCreate,
  PasskeyCreationOptions,
  PasskeyList,
  PasskeyProof,
  PasskeyRequestOptions,
  TokenResponse,
} from '@careward/api-schema';
import type { FastifyReply } from 'fastify';
import {
  type CarewardRequest,
  identityContextOf,
  type Principal,
  requirePrincipal,
} from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import { deliverRenewal } from '../gate/deliver-session.ts';
import { rolesOf } from '../sessions/session-body.ts';
import type { SessionManagementService } from '../sessions/session-management.service.ts';
import { provesTwoFactors } from '../sessions/session-types.ts';
import type { PasskeyAuthenticationService } from './passkey-authentication.service.ts';
import type { ChallengeUse } from './passkey-challenges.ts';
import type { PasskeyRegistrationService } from './passkey-registration.service.ts';

/** What the service works with. */
export interface OwnPasskeyParts {
  readonly authentication: PasskeyAuthenticationService;
  readonly registration: PasskeyRegistrationService;
  readonly sessions: SessionManagementService;
  /** Whoever holds one of these roles needs a second factor. */
  readonly secondFactorRoles: readonly Role[];
}

/** Adds, lists, removes and proves the passkeys of the person who asks. */
export class OwnPasskeys {
  readonly #parts: OwnPasskeyParts;

  constructor(parts: OwnPasskeyParts) {
    this.#parts = parts;
  }

  /** Options for one more passkey. */
  async options(request: CarewardRequest): Promise<PasskeyCreationOptions> {
    return this.#parts.registration.options(identityContextOf(request), useOf(request, 'registration'));
  }

  /** Adds it. Answers all of them. */
  async add(request: CarewardRequest, body: PasskeyCreate): Promise<PasskeyList> {
    const context = identityContextOf(request);
    const use = useOf(request, 'registration');
    await this.#parts.registration.add(context, use, { ...body, place: 'further-factor' });
    return this.#parts.registration.list(context);
  }

  /** All of them, the oldest first. */
  async list(request: CarewardRequest): Promise<PasskeyList> {
    return this.#parts.registration.list(identityContextOf(request));
  }

  /** Removes one. Refuses with `passkey-not-found`, or `passkey-last-factor`. */
  async remove(request: CarewardRequest, credentialId: string): Promise<void> {
    const isFactorRequired = this.#isFactorRequired(requirePrincipal(request));
    await this.#parts.registration.remove(identityContextOf(request), credentialId, isFactorRequired);
  }

  /** Options to prove oneself again. */
  async proofOptions(request: CarewardRequest): Promise<PasskeyRequestOptions> {
    const { accountId } = requirePrincipal(request);
    const use = useOf(request, 'reauthentication');
    return this.#parts.authentication.optionsFor(request.careward.origin, accountId, use);
  }

  /** Proves oneself again: a new session in place of the present one. Refuses with `passkey-refused`. */
  async prove(
    request: CarewardRequest,
    reply: FastifyReply,
    { response }: PasskeyProof,
  ): Promise<TokenResponse> {
    const principal = requirePrincipal(request);
    const { accountId } = principal;
    const { origin } = request.careward;
    const use = useOf(request, 'reauthentication');
    const holder = await this.#parts.authentication.prove(origin, accountId, use, response);
    if (!provesTwoFactors(holder.methods))
      throw authenticationErrors.error('authentication-proof-incomplete');
    return deliverRenewal(reply, principal, await this.#parts.sessions.renew(holder, principal, origin));
  }

  #isFactorRequired(principal: Principal): boolean {
    return needsSecondFactor([...rolesOf(principal)], this.#parts.secondFactorRoles);
  }
}

function useOf(request: CarewardRequest, ceremony: 'registration' | 'reauthentication'): ChallengeUse {
  const { sessionId, keyThumbprint } = requirePrincipal(request);
  return { ceremony, subject: sessionId, keyThumbprint };
}
