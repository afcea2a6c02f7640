import {
  type ClientBindings,
  type DeviceTokens,
  ExternalIdentityRepository,
  IdentityLinkingService,
  OpenidClients,
  OpenidProviders,
  OpenidSignInService,
  OpenidTransactions,
  type PersonNotifier,
  type SignInFlow,
} from '../authentication/index.ts';
import type { EncryptionService } from '../encryption/index.ts';
import type { Foundations } from './foundations.ts';

/** What other identity providers are built with besides the foundations. */
export interface OpenidParts {
  readonly encryption: EncryptionService;
  readonly notifier: PersonNotifier;
  readonly clients: ClientBindings;
  readonly deviceTokens: DeviceTokens;
  readonly signInFlow: SignInFlow;
}

/** Of one request to a provider: discovery, keys, tokens, UserInfo. */
const PROVIDER_TIMEOUT_MS = 5_000;

/** Signing in by other identity providers, and linking their identities. */
export function buildOpenid(foundations: Foundations, parts: OpenidParts) {
  const { configuration, clock, database, stores, events } = foundations;
  const { encryption, notifier, clients, deviceTokens, signInFlow } = parts;
  const providers = new OpenidProviders(configuration.openid.providers, {
    redirectUri: `${configuration.publicUrl.url}/sign-in/callback`,
    isProduction: configuration.profile === 'production',
    clock,
    timeoutMs: PROVIDER_TIMEOUT_MS,
  });
  const mac = async (bytes: Buffer) => (await encryption.forPlatform()).mac('openid-transaction', bytes);
  const transactions = new OpenidTransactions({ mac, store: stores.identity, clock });
  const identities = new ExternalIdentityRepository(database, encryption);
  const openidSignIn = new OpenidSignInService({
    ...{ providers, transactions, identities, deviceTokens, events },
    clients: new OpenidClients(clients),
    flow: signInFlow,
  });
  const identityLinking = new IdentityLinkingService({
    ...{ providers, transactions, identities, notifier, events },
  });
  return { openidSignIn, identityLinking };
}
