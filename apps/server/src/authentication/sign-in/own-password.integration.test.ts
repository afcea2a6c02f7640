import type { SessionId } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  clientFrom,
  codeOf,
  openSignInWorld,
  passwordHashOf,
  type SignInPersonOf,
  type SignInWorld,
  signedIn,
} from '../../../test-harness/sign-in-world.ts';
import { addTotpOf, type Signed, signedInPersonOf } from '../../../test-harness/signed-in-person.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await openSignInWorld({ CAREWARD_SECOND_FACTOR_ROLES: 'none' });
});
afterAll(() => world.close());

const coded = (code: string) => expect.objectContaining({ code });
const signedInPerson = () => signedInPersonOf(world);
const addTotp = (person: Signed) => addTotpOf(world, person);

describe('proving oneself again', () => {
  it('takes the place of the session by a new one, and ends the old', async () => {
    const person = await signedInPerson();
    const { reauthentication, sessions } = world.platform;
    world.clock.advance(1_000);
    const proof = { password: person.password };
    const renewed = await reauthentication.prove(person.acting, person.principal, proof);
    const own = await sessions.list(person.id);
    expect(own.map(({ record }) => record.sessionId)).not.toContain(person.principal.sessionId);
    expect(own.at(-1)?.record.sessionId).toBe(renewed.sessionId);
    expect(own.at(-1)?.body.provenAt).toBe(world.clock.now());
  });

  it('asks for both factors of whoever has two', async () => {
    const person = await signedInPerson();
    const { secret } = await addTotp(person);
    const { reauthentication, sessions } = world.platform;
    world.clock.advance(60_000);
    const { password } = person;
    const code = codeOf(secret, world.clock);
    for (const part of [{ password }, { code }]) {
      await expect(reauthentication.prove(person.acting, person.principal, part)).rejects.toEqual(
        coded('authentication-proof-incomplete'),
      );
    }
    await reauthentication.prove(person.acting, person.principal, { password, code });
    expect((await sessions.list(person.id)).at(-1)?.body.methods).toEqual(
      expect.arrayContaining(['pwd', 'otp']),
    );
  });

  it('is refused with a wrong one; ten of them lock this device, and others are not touched', async () => {
    const person = await signedInPerson();
    const { reauthentication, passwordSignIn } = world.platform;
    const prove = (password: string) => reauthentication.prove(person.acting, person.principal, { password });
    for (let n = 0; n < 10; n += 1)
      await expect(prove('wrong')).rejects.toEqual(coded('authentication-failed'));
    await expect(prove(person.password)).rejects.toEqual(coded('authentication-locked'));
    const { email, password } = person;
    signedIn(await passwordSignIn.signIn(clientFrom(), { email, password }));
  });
});

describe('the own password', () => {
  const NEW = 'seven plums and an owl';
  const change = (person: Signed, newPassword = NEW, currentPassword = person.password) =>
    world.platform.ownPassword.change(person.acting, person.principal, { currentPassword, newPassword });
  const living = async ({ id }: SignInPersonOf): Promise<SessionId[]> =>
    (await world.platform.sessions.list(id)).map(({ record }) => record.sessionId);
  const sessionIdIn = (accessToken: string) => world.platform.tokens.verify(accessToken).sid;
  /** As the gate asks: of the store, and of the database where the store cannot be relied on. */
  const isLiving = async ({ id: accountId }: SignInPersonOf, sessionId: SessionId) => {
    const { sessions, stores } = world.platform;
    const accountLimit = { intervalMs: 1, burst: 100 };
    const session = { accountId, sessionId, fingerprint: 'a'.repeat(16), accountLimit };
    const answer = await stores.identity.gate({ session });
    if (answer.session === undefined) return false;
    return (await sessions.confirmed(clientFrom().origin, answer.session)) !== undefined;
  };

  it('is replaced: the other sessions end, this one goes on', async () => {
    const person = await signedInPerson();
    const { email, password } = person;
    const { passwordSignIn } = world.platform;
    signedIn(await passwordSignIn.signIn(clientFrom(), { email, password }));
    expect(await living(person)).toHaveLength(2);
    await change(person);
    expect(await living(person)).toEqual([person.principal.sessionId]);
    await expect(passwordSignIn.signIn(clientFrom(), { email, password })).rejects.toEqual(
      coded('authentication-failed'),
    );
    signedIn(await passwordSignIn.signIn(clientFrom(), { email, password: NEW }));
  });

  it('is replaced by nobody who does not know it, and by none that is easy to guess', async () => {
    const person = await signedInPerson();
    const before = await passwordHashOf(world, person);
    await expect(change(person, NEW, 'wrong')).rejects.toEqual(coded('authentication-failed'));
    await expect(change(person, 'too short')).rejects.toEqual(coded('password-too-short'));
    await expect(change(person, 'ada lovelace 1234')).rejects.toEqual(coded('password-guessable'));
    const local = person.email.slice(0, person.email.indexOf('@'));
    await expect(change(person, `${local}!`)).rejects.toEqual(coded('password-guessable'));
    expect(await passwordHashOf(world, person)).toBe(before);
  });

  it.each(['revoke', 'settleChange'] as const)(
    'leaves no other session alive when the store is lost after the commit (%s)',
    async (lost) => {
      const person = await signedInPerson();
      const { stores, passwordSignIn } = world.platform;
      const { email, password } = person;
      const thief = signedIn(await passwordSignIn.signIn(clientFrom(), { email, password }));
      const [own, stolen] = [person.principal.sessionId, sessionIdIn(thief.accessToken ?? '')];
      expect([await isLiving(person, own), await isLiving(person, stolen)]).toEqual([true, true]);
      const gone = vi.spyOn(stores.identity, lost).mockRejectedValueOnce(new Error('the store is gone'));
      await expect(change(person)).rejects.toThrow('the store is gone');
      gone.mockRestore();
      expect(await isLiving(person, stolen)).toBe(false);
      expect(await isLiving(person, own)).toBe(true);
      await expect(passwordSignIn.signIn(clientFrom(), { email, password })).rejects.toEqual(
        coded('authentication-failed'),
      );
    },
  );

  it('ends a session that began while it was being written', async () => {
    const person = await signedInPerson();
    const { accounts, sessions } = world.platform;
    const write = accounts.changePassword.bind(accounts);
    const late = vi.spyOn(accounts, 'changePassword').mockImplementationOnce(async (...change) => {
      await sessions.start({ accountId: person.id, methods: ['pwd'] }, clientFrom());
      return write(...change);
    });
    await change(person);
    late.mockRestore();
    expect(await living(person)).toEqual([person.principal.sessionId]);
  });

  it('may be short beside a second factor', async () => {
    const person = await signedInPerson();
    await addTotp(person);
    await change(person, 'x7 qo vn');
  });
});
