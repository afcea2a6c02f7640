import { hash as bcrypt } from '@node-rs/bcrypt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  actingOf,
  clientFrom,
  entriesOf,
  openSignInWorld,
  passwordHashOf,
  type SignInWorld,
  signedIn,
} from '../../../test-harness/sign-in-world.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await openSignInWorld();
});
afterAll(() => world.close());

const failed = expect.objectContaining({ code: 'authentication-failed' });

const signIn = (person: { email: string; password: string }, address?: string, deviceToken?: string) =>
  world.platform.passwordSignIn.signIn(clientFrom(address), {
    email: person.email,
    password: person.password,
    ...(deviceToken !== undefined && { deviceToken }),
  });

describe('sign-in by password', () => {
  it('gives tokens and a device token', async () => {
    const answer = signedIn(await signIn(await world.person()));
    expect(answer.tokenType).toBe('Bearer');
    expect(answer.deviceToken).toMatch(/^v1\.[0-9a-f-]{36}\.[0-9a-f-]{36}\.[\w-]{43}$/);
  });

  it('refuses alike an unknown address, a wrong password, a closed account and one without a password', async () => {
    const person = await world.person();
    const refused = [
      { email: 'nobody@example.org', password: person.password },
      { ...person, password: 'another password' },
      await world.person({ status: 'disabled' }),
      await world.person({ passwordHash: null }),
    ];
    for (const each of refused) await expect(signIn(each)).rejects.toEqual(failed);
  });

  it('writes an entry that names the account which somebody failed to open, and shows its person', async () => {
    const person = await world.person();
    const entries = await entriesOf(world, () => signIn({ ...person, password: 'wrong' }));
    expect(entries).toMatchObject([
      { action: 'sign-in.password', resource_id: person.id, outcome: 'failed', actor_id: null },
    ]);
    const page = { limit: 10, after: null };
    const events = await world.platform.ownDevices.listEvents(actingOf(person), page);
    expect(events.items).toMatchObject([{ kind: 'sign-in.password.failed', address: '192.0.2.1' }]);
  });

  it('writes as many statements for an unknown address, which name nobody', async () => {
    const person = await world.person();
    const counted = async (email: string) => {
      const before = world.platform.database.roundTrips;
      const entries = await entriesOf(world, () => signIn({ email, password: 'wrong' }));
      return { entries, trips: world.platform.database.roundTrips - before };
    };
    const unknown = await counted('nobody@example.org');
    const known = await counted(person.email);
    expect(unknown.entries).toMatchObject([{ action: 'sign-in.password', resource_id: null }]);
    expect(unknown.trips).toBe(known.trips);
  });

  it('puts a hash of today in the place of one of an older system, and takes the password afterwards', async () => {
    const person = await world.person({
      passwordHash: await bcrypt('correct horse battery staple', { cost: 4 }),
    });
    signedIn(await signIn(person));
    expect(await passwordHashOf(world, person)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    signedIn(await signIn(person));
  });

  it('takes an unknown address for one of an older system as often as accounts are', async () => {
    const before = await world.platform.accounts.countHashKinds(actingOf(await world.person()));
    const hash = await bcrypt('correct horse battery staple', { cost: 5 });
    await world.person({ passwordHash: hash });
    const after = await world.platform.accounts.countHashKinds(actingOf(await world.person()));
    const ofCost = ({ bcrypt: olders }: typeof after) => olders.find(({ cost }) => cost === 5)?.accounts ?? 0;
    expect(ofCost(after)).toBe(ofCost(before) + 1);
    expect(after.accounts).toBe(before.accounts + 2);
  });

  it('leaves a hash of an older system in place when the password was wrong', async () => {
    const old = await bcrypt('correct horse battery staple', { cost: 4 });
    const person = await world.person({ passwordHash: old });
    await expect(signIn({ ...person, password: 'wrong' })).rejects.toEqual(failed);
    expect(await passwordHashOf(world, person)).toBe(old);
  });

  it('comes to nothing when the password is replaced while it is being checked', async () => {
    const person = await world.person();
    const { platform } = world;
    const stale = await platform.passwords.hash('the password before');
    const proceeding = platform.signInFlow.proceed(
      clientFrom(),
      { accountId: person.id, methods: ['pwd'] },
      stale,
    );
    await expect(proceeding).rejects.toEqual(failed);
    expect(await platform.sessions.list(person.id)).toEqual([]);
  });
});

describe('a device that has signed in before', () => {
  const lockOut = async (email: string) => {
    for (let n = 0; n < 10; n += 1)
      await signIn({ email, password: 'wrong' }, `198.51.100.${n}`).catch(() => undefined);
  };

  it('gets in while strangers have locked the account, who do not even with the right password', async () => {
    const person = await world.person();
    const { deviceToken } = signedIn(await signIn(person));
    await lockOut(person.email);
    await expect(signIn(person, '203.0.113.1')).rejects.toMatchObject({
      code: 'authentication-locked',
      retryAfterSeconds: expect.any(Number),
    });
    signedIn(await signIn(person, '203.0.113.1', deviceToken));
  });

  it('is a stranger again when it was revoked, and its sessions have ended', async () => {
    const person = await world.person();
    const { deviceToken = '' } = signedIn(await signIn(person));
    const acting = actingOf(person);
    const { devices } = await world.platform.ownDevices.list(acting);
    expect(devices).toMatchObject([{ label: 'Firefox on Linux' }]);
    await world.platform.ownDevices.revoke(acting, devices[0]?.id ?? '');
    expect(await world.platform.sessions.list(person.id)).toEqual([]);
    await lockOut(person.email);
    await expect(signIn(person, '203.0.113.1', deviceToken)).rejects.toMatchObject({
      code: 'authentication-locked',
    });
  });

  it('helps no other account, and no token helps that was not written here', async () => {
    const [person, other] = [await world.person(), await world.person()];
    const { deviceToken = '' } = signedIn(await signIn(other));
    await lockOut(person.email);
    const [, , device, mac] = deviceToken.split('.');
    const forged = [deviceToken, `v1.${person.id}.${device}.${mac}`, `v1.${person.id}.${device}.`, 'v1', ''];
    for (const token of forged)
      await expect(signIn(person, '203.0.113.1', token)).rejects.toMatchObject({
        code: 'authentication-locked',
      });
  });

  it('is known by the MAC of its token, not by its number', async () => {
    const person = await world.person();
    const { deviceToken = '' } = signedIn(await signIn(person));
    await lockOut(person.email);
    const signed = deviceToken.slice(0, deviceToken.lastIndexOf('.'));
    const forged = `${signed}.${Buffer.alloc(32).toString('base64url')}`;
    await expect(signIn(person, '203.0.113.1', forged)).rejects.toMatchObject({
      code: 'authentication-locked',
    });
  });

  it('has a count of its own, and locks itself only', async () => {
    const person = await world.person();
    const { deviceToken } = signedIn(await signIn(person));
    for (let n = 0; n < 10; n += 1)
      await expect(signIn({ ...person, password: 'wrong' }, undefined, deviceToken)).rejects.toEqual(failed);
    await expect(signIn(person, undefined, deviceToken)).rejects.toMatchObject({
      code: 'authentication-locked',
    });
    signedIn(await signIn(person, '203.0.113.1'));
  });

  it('locks an address without an account just as one with', async () => {
    await lockOut('nobody-at-all@example.org');
    await expect(
      signIn({ email: 'nobody-at-all@example.org', password: 'wrong' }, '203.0.113.1'),
    ).rejects.toMatchObject({ code: 'authentication-locked' });
  });
});
