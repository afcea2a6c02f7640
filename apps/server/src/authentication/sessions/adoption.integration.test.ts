import { newId, type SessionId } from '@careward/kernel';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clientFrom, openSignInWorld, type SignInWorld } from '../../../test-harness/sign-in-world.ts';
import { actingAs } from '../sign-in/acting-as.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await openSignInWorld();
});
afterAll(() => world.close());

async function olderToken() {
  const { id: accountId } = await world.person();
  return { accountId, sessionId: newId<SessionId>(), expiresAt: world.clock.now() + 86_400_000 };
}

it('a token of the older system that comes twice at the same moment has one session, and both requests have it', async () => {
  const { platform } = world;
  const token = await olderToken();
  const { accountId, sessionId } = token;
  const { origin } = clientFrom();
  const found = await Promise.all([1, 2, 3].map(() => platform.sessions.adopt(origin, token)));
  expect(found.map((session) => session?.record.sessionId)).toEqual([sessionId, sessionId, sessionId]);
  expect(await platform.sessions.list(accountId)).toHaveLength(1);
});

it('an adopted session is over when its person takes no older tokens any more, though nobody ended it', async () => {
  const { sessions, database } = world.platform;
  const token = await olderToken();
  const { accountId } = token;
  const { origin } = clientFrom();
  const session = (await sessions.adopt(origin, token))?.record;
  if (session === undefined) throw new Error('not adopted');
  const stale = { state: 'stale', session, settles: true } as const;
  expect(await sessions.confirmed(origin, stale)).toBeDefined();
  const identity = database.forIdentity(actingAs(origin, accountId));
  await identity.run(
    identity.build.updateTable('account').set({ takes_older_tokens: false }).where('id', '=', accountId),
  );
  expect(await sessions.confirmed(origin, stale)).toBeUndefined();
  expect(await sessions.list(accountId)).toEqual([]);
});

it('a session that is ended while another request makes it again stays ended', async () => {
  const { sessions, stores } = world.platform;
  const token = await olderToken();
  const { accountId, sessionId } = token;
  const { origin } = clientFrom();
  const create = stores.identity.create.bind(stores.identity);
  const late = vi.spyOn(stores.identity, 'create').mockImplementationOnce(async (session, cap) => {
    await sessions.end(actingAs(origin, accountId), sessionId);
    return create(session, cap);
  });
  expect(await sessions.adopt(origin, token)).toBeUndefined();
  late.mockRestore();
  expect(await sessions.list(accountId)).toEqual([]);
});
