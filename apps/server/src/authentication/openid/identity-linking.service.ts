// Linking identities of other providers to the own account, and removing them.
//
// Defends: an account from being taken over by a link. The attempt belongs to the session that began it, whose person has just proved
// themselves (the routes are declared so); the provider has to say that it verified the address, and the address has to be the
// account's own when the link is written. Does not defend against whoever reads the person's mail and has their session.
import {
  type LinkedIdentityList,
  normaliseEmail,
  type OpenidLinkFinish,
  type OpenidStart,
  type OpenidStarted,
} from '@careward/api-schema';
import type { EventService } from '../../events/index.ts';
import type { Principal } from '../../request-context/index.ts';
import type { ActingContext } from '../sessions/session.repository.ts';
import type { PersonNotifier } from '../sign-in/person-notifier.ts';
import type { ExternalIdentityRepository } from './external-identity.repository.ts';
import { openidErrors } from './openid.errors.ts';
import type { OpenidProviders } from './openid-providers.ts';
import { type OpenidTransactions, sessionBinding, TRANSACTION_LIVES_MS } from './openid-transactions.ts';

/** What the service works with. */
export interface IdentityLinkingParts {
  readonly providers: OpenidProviders;
  readonly transactions: OpenidTransactions;
  readonly identities: ExternalIdentityRepository;
  readonly notifier: PersonNotifier;
  readonly events: EventService;
}

type SessionOwner = Pick<Principal, 'sessionId'>;

/** The identities that open the own account. */
export class IdentityLinkingService {
  readonly #parts: IdentityLinkingParts;

  constructor(parts: IdentityLinkingParts) {
    this.#parts = parts;
  }

  /** Begins an attempt of this session. */
  async start(
    { sessionId }: SessionOwner,
    providerId: string,
    { returnTo }: OpenidStart,
  ): Promise<OpenidStarted> {
    const provider = this.#parts.providers.get(providerId);
    const use = { providerId, purpose: 'link', binding: sessionBinding(sessionId) } as const;
    const { transaction, secrets } = await this.#parts.transactions.open(use);
    const authorizationUrl = await provider.authorizationUrl(secrets);
    return { authorizationUrl, transaction, expiresIn: TRANSACTION_LIVES_MS / 1_000, returnTo };
  }

  /** Links the identity, or refuses with `openid-link-refused` or `openid-already-linked`. The person is told by mail. */
  async finish(
    context: ActingContext,
    { sessionId }: SessionOwner,
    providerId: string,
    { transaction, ...answer }: OpenidLinkFinish,
  ): Promise<void> {
    const { providers, transactions, identities, notifier } = this.#parts;
    const provider = providers.get(providerId);
    const use = { providerId, purpose: 'link', binding: sessionBinding(sessionId) } as const;
    const secrets = await transactions.redeem(transaction, use);
    const { issuer, subject, verifiedEmail } = await provider.identifyWithEmail(answer, secrets);
    const email = verifiedEmail === undefined ? undefined : normaliseEmail(verifiedEmail);
    if (email === undefined) throw openidErrors.error('openid-link-refused');
    const notices = await notifier.noticesOf(context.actorId, 'identity-linked');
    const outcome = await identities.link(context, { issuer, subject }, email, notices);
    if (outcome === 'refused') throw openidErrors.error('openid-link-refused');
    if (outcome === 'taken') throw openidErrors.error('openid-already-linked');
    this.#tell(context);
  }

  /** The identities of providers that are still configured. */
  async list(context: ActingContext): Promise<LinkedIdentityList> {
    const linked = await this.#parts.identities.list(context);
    const items = linked.flatMap(({ issuer, linkedAt }) => {
      const provider = this.#parts.providers.findByIssuer(issuer);
      if (provider === undefined) return [];
      return [{ provider: provider.id, name: provider.name, linkedAt: linkedAt.toISOString() }];
    });
    return { items };
  }

  /** Removes the provider's identities, but never the last way in. Sessions begun by them go on. The person is told by mail. */
  async unlink(context: ActingContext, providerId: string): Promise<void> {
    const { providers, identities, notifier } = this.#parts;
    const { issuer } = providers.get(providerId).settings;
    const notices = await notifier.noticesOf(context.actorId, 'factor-removed');
    const outcome = await identities.unlink(context, issuer, providers.issuers(), notices);
    if (outcome === 'absent') throw openidErrors.error('openid-identity-not-found');
    if (outcome === 'last-way') throw openidErrors.error('openid-last-way');
    this.#tell(context);
  }

  #tell({ actorId: accountId, origin }: ActingContext): void {
    this.#parts.events.emitEnterprise('account.identities-changed', { accountId }, origin);
  }
}
