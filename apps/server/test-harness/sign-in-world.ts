/** A whole platform without HTTP around it, in which people sign in: for the suites of sign-in. */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import type { ClinicRole } from '@careward/access-policy';
import type { SignInResult } from '@careward/api-schema';
import { type AccountId, asAccountId, type ClinicId, newId } from '@careward/kernel';
import { FakeClock } from '@careward/testing';
import { generateSync } from 'otplib';
import type { ClientBinding } from '../src/authentication/sessions/session-types.ts';
import { loadConfiguration } from '../src/config/index.ts';
import { openPlatform, type Platform, systemContext } from '../src/platform/index.ts';
import { testIdentityContext } from './contexts.ts';
import { createTestEnvironment } from './environment.ts';

/** Somebody who can sign in. */
export interface SignInPersonOf {
  readonly id: AccountId;
  readonly email: string;
  readonly password: string;
}

/** What differs from a person with a password and no role. */
export interface PersonTraits {
  readonly passwordHash?: string | null;
  readonly status?: 'active' | 'disabled';
  readonly roles?: readonly ClinicRole[];
  readonly clinicId?: ClinicId;
}

/** A platform with people. */
export interface SignInWorld {
  readonly platform: Platform;
  readonly clock: FakeClock;
  person(traits?: PersonTraits): Promise<SignInPersonOf>;
  clinic(): Promise<ClinicId>;
  close(): Promise<void>;
}

const PASSWORD = 'correct horse battery staple';

/** Opens the world. Its clock stands still at the time of opening. */
export async function openSignInWorld(overrides: Record<string, string> = {}): Promise<SignInWorld> {
  const environment = await createTestEnvironment({
    CAREWARD_SIGN_IN_FAILURES_PER_ACCOUNT: '10',
    ...overrides,
  });
  const clock = new FakeClock(Date.now());
  const platform = await openPlatform(loadConfiguration(environment.variables), clock);
  const passwordHash = await platform.passwords.hash(PASSWORD);
  return {
    platform,
    clock,
    person: (traits) => makePerson(platform, { passwordHash, ...traits }),
    clinic: () => makeClinic(platform),
    close: async () => {
      await platform.close();
      await environment.remove();
    },
  };
}

/** A client that signs in: its address, agent and key can be chosen. */
export function clientFrom(
  address = '192.0.2.1',
  changes: Partial<ClientBinding> & { readonly agent?: string } = {},
): ClientBinding {
  const { agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', ...others } =
    changes;
  const { origin } = testIdentityContext();
  return {
    origin: { ...origin, address, agent },
    keyThumbprint: null,
    kind: 'api',
    clinicId: undefined,
    device: null,
    ...others,
  };
}

/** The tokens of a sign-in that has come to its end. */
export function signedIn(result: SignInResult) {
  if (result.status !== 'signed-in') throw new Error(`expected tokens, got ${result.status}`);
  return result;
}

/** The challenge of a sign-in that goes on. */
export function challengeOf(result: SignInResult): string {
  if (result.status === 'signed-in') throw new Error('expected a challenge, got tokens');
  return result.challenge;
}

/** What an authenticator app shows `steps` steps from now. */
export function codeOf(secret: string, clock: FakeClock, steps = 0): string {
  return generateSync({ secret, epoch: Math.floor(clock.now() / 1_000) + steps * 30 });
}

/** The person's own context. */
export function actingOf(person: SignInPersonOf) {
  return { ...testIdentityContext({ actorRole: 'ACCOUNT' }), actorId: person.id };
}

/** The audit entries that work leaves, whatever becomes of it. */
export async function entriesOf({ platform }: SignInWorld, work: () => Promise<unknown>) {
  const sequencer = platform.database.forSequencer();
  const entries = sequencer.build
    .selectFrom('audit_entry')
    .select(['id', 'action', 'resource_id', 'actor_id', 'outcome', 'clinic_id'])
    .orderBy('id', 'desc');
  const [last] = await sequencer.run(entries.limit(1));
  await work().catch(() => undefined);
  return (await sequencer.run(entries.where('id', '>', last?.id ?? '0'))).toReversed();
}

/** The password hash of an account as it is kept. */
export async function passwordHashOf({ platform }: SignInWorld, { id }: SignInPersonOf) {
  const identity = platform.database.forIdentity(systemContext());
  const [row] = await identity.run(
    identity.build.selectFrom('account').select('password_hash').where('id', '=', id),
  );
  return row?.password_hash;
}

async function makePerson(platform: Platform, traits: PersonTraits): Promise<SignInPersonOf> {
  const {
    roles = [],
    clinicId = await makeClinic(platform),
    passwordHash = null,
    status = 'active',
  } = traits;
  const id = asAccountId(newId());
  const email = `${randomUUID()}@example.org`;
  const cipher = await platform.encryption.forPlatform();
  const identity = platform.database.forIdentity({ ...systemContext(), clinicId });
  await identity.batch([
    identity.build.insertInto('account').values({
      id,
      email: cipher.seal('account.email', id, email),
      email_index: cipher.emailIndex(email),
      display_name: cipher.seal('account.display_name', id, 'Ada Lovelace'),
      password_hash: passwordHash,
      status,
    }),
    ...roles.map((role) =>
      identity.build.insertInto('membership').values({ clinic_id: clinicId, account_id: id, role }),
    ),
  ]);
  return { id, email, password: PASSWORD };
}

async function makeClinic(platform: Platform): Promise<ClinicId> {
  const id = newId<ClinicId>();
  const operator = platform.database.forOperator(systemContext());
  await operator.run(
    operator.build.insertInto('clinic').values({ id, name: 'Northern Clinic', region: 'local' }),
  );
  return id;
}
