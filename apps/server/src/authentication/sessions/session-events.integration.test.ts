import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  actingOf,
  clientFrom,
  openSignInWorld,
  type SignInWorld,
} from '../../../test-harness/sign-in-world.ts';
import { addTotpOf, signedInPersonOf } from '../../../test-harness/signed-in-person.ts';
import type { CarewardEvent } from '../../events/index.ts';

let world: SignInWorld;
let told: CarewardEvent[];
beforeAll(async () => {
  world = await openSignInWorld({ CAREWARD_SESSIONS_PER_ACCOUNT: '2', CAREWARD_SECOND_FACTOR_ROLES: 'none' });
  world.platform.events.onAny((event) => void told.push(event));
});
beforeEach(() => {
  told = [];
});
afterAll(() => world.close());

const NEW_PASSWORD = 'seven plums and an owl';
const typesTold = () => told.map(({ type }) => type).filter((type) => type !== 'authentication.succeeded');

describe('what is told of sessions', () => {
  it('each that ends for a newer one', async () => {
    const { sessions } = world.platform;
    const { id: accountId } = await world.person();
    const start = () => sessions.start({ accountId, methods: ['pwd'] }, clientFrom());
    const [oldest] = [await start(), await start()];
    expect(typesTold()).toEqual([]);
    await start();
    expect(told.find(({ type }) => type === 'session.ended')?.details).toEqual({
      sessionId: oldest.sessionId,
    });
  });

  it('the end of everybody, once', async () => {
    const person = await signedInPersonOf(world);
    await world.platform.sessions.endEverybody(actingOf(person));
    expect(typesTold()).toEqual(['platform.sessions-revoked']);
    expect(await world.platform.sessions.list(person.id)).toEqual([]);
  });
});

describe('what is told of accounts', () => {
  it('a password that was changed, and one that was not is not', async () => {
    const person = await signedInPersonOf(world);
    const { ownPassword, accounts } = world.platform;
    const change = () =>
      ownPassword.change(person.acting, person.principal, {
        currentPassword: person.password,
        newPassword: NEW_PASSWORD,
      });
    const failing = vi
      .spyOn(accounts, 'changePassword')
      .mockRejectedValueOnce(new Error('the database is gone'));
    await expect(change()).rejects.toThrow('the database is gone');
    failing.mockRestore();
    expect(typesTold()).toEqual([]);
    await change();
    expect(told.find(({ type }) => type === 'account.password-changed')).toMatchObject({
      category: 'ACCOUNT',
      details: { accountId: person.id },
      origin: person.acting.origin,
    });
  });

  it('a second factor that came, and went', async () => {
    const person = await signedInPersonOf(world);
    await addTotpOf(world, person);
    // The app and the recovery codes are two changes.
    expect(typesTold()).toEqual(['account.factors-changed', 'account.factors-changed']);
    await world.platform.ownFactors.removeTotp(person.acting, person.principal);
    expect(typesTold()).toHaveLength(3);
    await expect(world.platform.ownFactors.removeTotp(person.acting, person.principal)).rejects.toThrow();
    expect(typesTold()).toHaveLength(3);
  });
});
