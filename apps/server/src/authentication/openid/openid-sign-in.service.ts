// Signing in by another identity provider.
//
// Defends: accounts from whoever merely has an identity with the same e-mail address. Issuer and subject decide, nothing else; what is not
// linked is refused with the same words whether there is such an account, it is disabled, or nothing is known. No account is made.
// Does not replace the second factor: the provider counts for one only where its entry says so and the ID token shows it.
import type {
  OpenidFinish,
  OpenidProviderList,
  OpenidStart,
  OpenidStarted,
  SignInResult,
} from '@careward/api-schema';
import type { AccountId } from '@careward/kernel';
import type { FastifyReply } from 'fastify';
import type { EventService } from '../../events/index.ts';
import { anonymousContextOf, type CarewardRequest, type RequestOrigin } from '../../request-context/index.ts';
import type { DeviceTokens } from '../sign-in/known-device.ts';
import type { SignInFlow } from '../sign-in/sign-in-flow.ts';
import { deliverSignIn } from '../sign-in/sign-in-steps.ts';
import type { ExternalIdentityRepository } from './external-identity.repository.ts';
import { openidErrors } from './openid.errors.ts';
import type { OpenidClients } from './openid-clients.ts';
import type { ExternalIdentity } from './openid-provider.ts';
import type { OpenidProviders } from './openid-providers.ts';
import { type OpenidTransactions, TRANSACTION_LIVES_MS } from './openid-transactions.ts';

/** What the service works with. */
export interface OpenidSignInParts {
  readonly providers: OpenidProviders;
  readonly transactions: OpenidTransactions;
  readonly clients: OpenidClients;
  readonly identities: ExternalIdentityRepository;
  readonly deviceTokens: DeviceTokens;
  readonly flow: SignInFlow;
  readonly events: EventService;
}

/** Begins and ends sign-ins by other providers. */
export class OpenidSignInService {
  readonly #parts: OpenidSignInParts;

  constructor(parts: OpenidSignInParts) {
    this.#parts = parts;
  }

  /** The providers to choose from. */
  list(): OpenidProviderList {
    return this.#parts.providers.list();
  }

  /** Begins an attempt of the client that asks. */
  async start(
    request: CarewardRequest,
    reply: FastifyReply,
    providerId: string,
    { returnTo }: OpenidStart,
  ): Promise<OpenidStarted> {
    const { providers, clients, transactions } = this.#parts;
    const provider = providers.get(providerId);
    const binding = await clients.begin(request, reply);
    const { transaction, secrets } = await transactions.open({ providerId, purpose: 'sign-in', binding });
    const authorizationUrl = await provider.authorizationUrl(secrets);
    return { authorizationUrl, transaction, expiresIn: TRANSACTION_LIVES_MS / 1_000, returnTo };
  }

  /** Ends an attempt of the client that asks: its tokens, or what is still asked for. */
  async finish(
    request: CarewardRequest,
    reply: FastifyReply,
    providerId: string,
    { transaction, clinicId, deviceToken, ...answer }: OpenidFinish,
  ): Promise<SignInResult> {
    const { providers, clients, transactions, deviceTokens, flow } = this.#parts;
    const provider = providers.get(providerId);
    const { client, binding } = await clients.return(request, reply, clinicId);
    const secrets = await transactions.redeem(transaction, { providerId, purpose: 'sign-in', binding });
    const proven = await provider.identify(answer, secrets);
    const accountId = await this.#accountOf(client.origin, proven);
    const methods = proven.hasSecondFactor ? (['fed', 'mfa'] as const) : (['fed'] as const);
    const claim = await deviceTokens.read(deviceToken);
    const device = claim?.accountId === accountId ? claim.deviceId : client.device;
    return deliverSignIn(reply, client, await flow.proceed({ ...client, device }, { accountId, methods }));
  }

  async #accountOf(origin: RequestOrigin, proven: ExternalIdentity): Promise<AccountId> {
    const accountId = await this.#parts.identities.findAccount(anonymousContextOf(origin), proven);
    if (accountId !== undefined) return accountId;
    const failure = { accountId: null, code: 'openid-not-linked' };
    this.#parts.events.emitEnterprise('authentication.failed', failure, origin);
    throw openidErrors.error('openid-not-linked');
  }
}
