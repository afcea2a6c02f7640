import { type AccountId, asAccountId, newId, systemClock } from '@careward/kernel';
import { Keyring, MemoryRegionKeyStore } from '@careward/vault';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testIdentityContext } from '../../../test-harness/contexts.ts';
import { openTestDatabase, type TestDatabase } from '../../../test-harness/database.ts';
import { EncryptionService } from '../../encryption/index.ts';
import { WrappedKeyRepository } from '../../persistence/index.ts';
import { ExternalIdentityRepository } from './external-identity.repository.ts';

const ISSUER = 'https://accounts.example.org';
const OTHER = 'https://login.example.net';
const CONFIGURED = [ISSUER, OTHER];

let test: TestDatabase;
let encryption: EncryptionService;
let identities: ExternalIdentityRepository;
beforeAll(async () => {
  test = await openTestDatabase();
  // For this test to see what was written; the application's roles stay under their policies.
  await test.asOwner('alter table audit_entry no force row level security');
  const keyring = new Keyring({ region: 'test', regionKeys: new MemoryRegionKeyStore(), clock: systemClock });
  const keys = new WrappedKeyRepository(test.database, testIdentityContext());
  await keys.ensurePlatformKey(() => keyring.createPlatformKey());
  encryption = new EncryptionService(keyring, keys, 'test');
  identities = new ExternalIdentityRepository(test.database, encryption);
});
afterAll(() => test.close());

async function person(passwordHash: string | null = null) {
  const id = asAccountId(newId());
  const email = `${id}@example.org`;
  const platform = await encryption.forPlatform();
  const identity = test.database.forIdentity(testIdentityContext());
  await identity.run(
    identity.build.insertInto('account').values({
      id,
      email: platform.seal('account.email', id, email),
      email_index: platform.emailIndex(email),
      display_name: platform.seal('account.display_name', id, 'Ada'),
      password_hash: passwordHash,
    }),
  );
  return { ...testIdentityContext({ actorRole: 'ACCOUNT' }), actorId: id, email };
}
type Person = Awaited<ReturnType<typeof person>>;

const key = (subject: string, issuer = ISSUER) => ({ issuer, subject });
const link = (who: Person, subject: string, issuer = ISSUER) =>
  identities.link(who, key(subject, issuer), who.email, []);
const find = (subject: string, issuer = ISSUER) =>
  identities.findAccount(testIdentityContext(), key(subject, issuer));
const entriesOf = (accountId: AccountId) =>
  test.asOwner<{ action: string }>(
    `select action from audit_entry where resource_id = $1 and action like 'identity.%'`,
    [accountId],
  );

describe('linking', () => {
  it('opens the account by issuer and subject together, with an entry and something for its person to see', async () => {
    const ada = await person();
    expect(await link(ada, 'ada')).toBe('linked');
    expect(await find('ada')).toBe(ada.actorId);
    expect(await find('ada', OTHER)).toBeUndefined();
    expect(await entriesOf(ada.actorId)).toEqual([{ action: 'identity.link' }]);
    const own = test.database.forIdentity(ada);
    expect(await own.run(own.build.selectFrom('security_event').select('kind'))).toEqual([
      { kind: 'identity.link' },
    ]);
  });

  it('is refused for an address that is not the own one at that moment, and writes nothing', async () => {
    const [bob, eve] = [await person(), await person()];
    expect(await identities.link(eve, key('bob'), bob.email, [])).toBe('refused');
    await test.asOwner(`update account set email_index = $2 where id = $1`, [
      bob.actorId,
      Buffer.alloc(32, 7),
    ]);
    expect(await link(bob, 'bob')).toBe('refused');
    expect(await find('bob')).toBeUndefined();
    expect(await entriesOf(eve.actorId)).toEqual([]);
  });

  it('gives an identity to one account only, whoever is faster', async () => {
    const people = await Promise.all([person(), person(), person()]);
    const outcomes = await Promise.all(people.map((who) => link(who, 'shared')));
    expect(outcomes.toSorted()).toEqual(['linked', 'taken', 'taken']);
  });

  it('opens no account that is not active', async () => {
    const cara = await person();
    await link(cara, 'cara');
    await test.asOwner(`update account set status = 'disabled' where id = $1`, [cara.actorId]);
    expect(await find('cara')).toBeUndefined();
    expect(await link(cara, 'cara-again')).toBe('refused');
  });

  it('lists the own identities and no others', async () => {
    const [dan, fay] = [await person(), await person()];
    await link(dan, 'dan');
    await link(dan, 'dan', OTHER);
    await link(fay, 'fay');
    expect((await identities.list(dan)).map(({ issuer }) => issuer)).toEqual([ISSUER, OTHER]);
  });
});

describe('removing an identity', () => {
  const unlink = (who: Person, issuer = ISSUER, configured = CONFIGURED) =>
    identities.unlink(who, issuer, configured, []);

  it('leaves no way in by it, and an entry', async () => {
    const gil = await person('a hash');
    await link(gil, 'gil');
    expect(await unlink(gil)).toBe('removed');
    expect(await find('gil')).toBeUndefined();
    expect(await entriesOf(gil.actorId)).toHaveLength(2);
    expect(await unlink(gil)).toBe('absent');
  });

  it('is refused for the last way in; a password, a passkey or another provider that is configured is one', async () => {
    const hal = await person();
    await link(hal, 'hal');
    expect(await unlink(hal)).toBe('last-way');
    await link(hal, 'hal', OTHER);
    expect(await unlink(hal, ISSUER, [ISSUER])).toBe('last-way');
    expect(await unlink(hal)).toBe('removed');
    expect(await unlink(hal, OTHER)).toBe('last-way');
    const own = test.database.forIdentity(hal);
    const passkey = { credential_id: `of-${hal.actorId}`, public_key: Buffer.alloc(1), label: 'Key' };
    await own.run(own.build.insertInto('passkey').values({ ...passkey, account_id: hal.actorId }));
    expect(await unlink(hal, OTHER)).toBe('removed');
  });

  it('leaves one of two that are removed at once', async () => {
    const ida = await person();
    await link(ida, 'ida');
    await link(ida, 'ida', OTHER);
    const outcomes = await Promise.all([unlink(ida, ISSUER), unlink(ida, OTHER)]);
    expect(outcomes.toSorted()).toEqual(['last-way', 'removed']);
    expect(await identities.list(ida)).toHaveLength(1);
  });

  it('reaches nobody else', async () => {
    const [jon, kim] = [await person('a hash'), await person('a hash')];
    await link(jon, 'jon');
    expect(await unlink(kim)).toBe('absent');
    expect(await find('jon')).toBe(jon.actorId);
  });
});
