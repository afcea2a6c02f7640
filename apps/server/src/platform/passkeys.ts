import type { Role } from '@careward/access-policy';
import {
  type AccountOwnerRepository,
  type AccountRepository,
  type ClientBindings,
  type DeviceTokens,
  OwnPasskeys,
  PasskeyAuthenticationService,
  PasskeyChallenges,
  PasskeyRegistrationService,
  PasskeyRepository,
  PasskeySignInService,
  PasskeySignInSteps,
  type PersonNotifier,
  relyingPartyAt,
  type SessionManagementService,
  type SignInFlow,
} from '../authentication/index.ts';
import type { EncryptionService } from '../encryption/index.ts';
import type { Foundations } from './foundations.ts';

/** What passkeys are built with besides the foundations. */
export interface PasskeyPlatformParts {
  readonly encryption: EncryptionService;
  readonly notifier: PersonNotifier;
  readonly accounts: AccountRepository;
  readonly owners: AccountOwnerRepository;
  readonly clients: ClientBindings;
  readonly sessions: SessionManagementService;
  readonly deviceTokens: DeviceTokens;
  readonly signInFlow: SignInFlow;
  readonly secondFactorRoles: readonly Role[];
}

/** Passkeys, for signing in and for the own account. */
export function buildPasskeys(foundations: Foundations, parts: PasskeyPlatformParts) {
  const { configuration, clock, database, stores, events } = foundations;
  const {
    encryption,
    notifier,
    accounts,
    owners,
    clients,
    sessions,
    deviceTokens,
    signInFlow: flow,
    secondFactorRoles,
  } = parts;
  const mac = async (bytes: Buffer) => (await encryption.forPlatform()).mac('passkey-challenge', bytes);
  const shared = {
    party: relyingPartyAt(new URL(configuration.publicUrl.url)),
    repository: new PasskeyRepository(database, encryption),
    challenges: new PasskeyChallenges({ mac, store: stores.identity, clock }),
    ...{ events, notifier, owners, accounts },
  };
  const authentication = new PasskeyAuthenticationService(shared);
  const registration = new PasskeyRegistrationService(shared);
  const signIn = new PasskeySignInService({ authentication, registration, flow, deviceTokens });
  return {
    passkeySteps: new PasskeySignInSteps(clients, signIn),
    ownPasskeys: new OwnPasskeys({ authentication, registration, sessions, secondFactorRoles }),
  };
}
