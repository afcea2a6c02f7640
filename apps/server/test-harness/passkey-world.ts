/** Accounts that make and prove passkeys against the real database and store, without a server around them. */
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { type AccountId, asAccountId, newId } from '@careward/kernel';
import { FakeClock, SoftwareAuthenticator } from '@careward/testing';
import { Keyring, MemoryRegionKeyStore } from '@careward/vault';
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509';
import { PasskeyRepository } from '../src/authentication/passkeys/passkey.repository.ts';
import { PasskeyAuthenticationService } from '../src/authentication/passkeys/passkey-authentication.service.ts';
import { PasskeyChallenges } from '../src/authentication/passkeys/passkey-challenges.ts';
import { PasskeyRegistrationService } from '../src/authentication/passkeys/passkey-registration.service.ts';
import { relyingPartyAt } from '../src/authentication/passkeys/relying-party.ts';
import { AccountRepository } from '../src/authentication/sign-in/account.repository.ts';
import { AccountOwnerRepository } from '../src/authentication/sign-in/account-owner.repository.ts';
import { EmbeddedIdentityStore } from '../src/connections/stores/embedded-identity-store.ts';
import { EncryptionService } from '../src/encryption/index.ts';
import { type CarewardEvent, EventService } from '../src/events/index.ts';
import { WrappedKeyRepository } from '../src/persistence/index.ts';
import type { IdentityContext } from '../src/request-context/index.ts';
import { testIdentityContext } from './contexts.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';

/** Where the passkeys of this world belong. */
export const PASSKEY_ORIGIN = 'https://localhost:8443';

type Acting = IdentityContext & { readonly actorId: AccountId };

/** Services of passkeys over a database and a store of their own. */
export interface PasskeyWorld {
  readonly test: TestDatabase;
  readonly clock: FakeClock;
  readonly registration: PasskeyRegistrationService;
  readonly authentication: PasskeyAuthenticationService;
  readonly told: CarewardEvent[];
  /** A new account, as the context in which its person acts. */
  person(): Promise<Acting>;
  close(): Promise<void>;
}

/** Opens the world. */
export async function openPasskeyWorld(): Promise<PasskeyWorld> {
  const test = await openTestDatabase();
  const clock = new FakeClock(Date.parse('2026-05-01T09:00:00Z'));
  const encryption = await openEncryption(test, clock);
  const store = await EmbeddedIdentityStore.open({ clock });
  const mac = async (bytes: Buffer) => (await encryption.forPlatform()).mac('passkey-challenge', bytes);
  const events = new EventService(clock);
  const told: CarewardEvent[] = [];
  events.onAny((event) => void told.push(event));
  const parts = {
    party: relyingPartyAt(new URL(PASSKEY_ORIGIN)),
    repository: new PasskeyRepository(test.database, encryption),
    challenges: new PasskeyChallenges({ mac, store, clock }),
    events,
    notifier: { noticesOf: async () => [] },
    accounts: new AccountRepository(test.database, encryption),
    owners: new AccountOwnerRepository(test.database, encryption),
  };
  return {
    test,
    clock,
    told,
    registration: new PasskeyRegistrationService(parts),
    authentication: new PasskeyAuthenticationService(parts),
    person: () => createPerson(test, encryption),
    close: async () => {
      await store.close();
      await test.close();
    },
  };
}

/** A person with one passkey, for the enrolment in the world. */
export async function enrolledPerson(world: PasskeyWorld) {
  const context = await world.person();
  const device = new SoftwareAuthenticator(PASSKEY_ORIGIN);
  const use = { ceremony: 'registration', subject: context.actorId, keyThumbprint: null } as const;
  const response = device.create(await world.registration.options(context, use));
  await world.registration.add(context, use, { label: 'Phone', response, place: 'further-factor' });
  return { context, device, credentialId: response.id };
}

async function openEncryption({ database }: TestDatabase, clock: FakeClock): Promise<EncryptionService> {
  const keyring = new Keyring({ region: 'test', regionKeys: new MemoryRegionKeyStore(), clock });
  const keys = new WrappedKeyRepository(database, testIdentityContext());
  await keys.ensurePlatformKey(() => keyring.createPlatformKey());
  return new EncryptionService(keyring, keys, 'test');
}

async function createPerson({ database }: TestDatabase, encryption: EncryptionService): Promise<Acting> {
  const id = asAccountId(newId());
  const platform = await encryption.forPlatform();
  const identity = database.forIdentity(testIdentityContext());
  const email = `${id}@example.org`;
  await identity.run(
    identity.build.insertInto('account').values({
      id,
      email: platform.seal('account.email', id, email),
      email_index: platform.emailIndex(email),
      display_name: platform.seal('account.display_name', id, 'Ada'),
    }),
  );
  return { ...testIdentityContext({ actorRole: 'ACCOUNT' }), actorId: id };
}

/** A certificate that the library would take, of an authority that nobody knows. */
export async function attestationCertificate() {
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: 'C=DE, O=Keys, OU=Authenticator Attestation, CN=Key',
    notBefore: new Date('2020-01-01'),
    notAfter: new Date('2090-01-01'),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    keys,
    extensions: [new BasicConstraintsExtension(false, undefined, true)],
  });
  return { certificate: new Uint8Array(certificate.rawData), privateKey: KeyObject.from(keys.privateKey) };
}
