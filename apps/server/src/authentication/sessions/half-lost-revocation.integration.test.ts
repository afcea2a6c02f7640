import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { clientFrom, openSignInWorld, type SignInWorld } from '../../../test-harness/sign-in-world.ts';
import { actingAs } from '../sign-in/acting-as.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await openSignInWorld();
});
afterAll(() => world.close());

const LONGEST_CHANGE_MS = 60_000;

it('a session whose end is in the database alone stays ended, also when another session was confirmed since', async () => {
  const { platform, clock } = world;
  const { sessions, stores } = platform;
  const { id: accountId } = await world.person();
  const client = clientFrom();
  const proven = { accountId, methods: ['pwd'] } as const;
  const [ended, other] = [await sessions.start(proven, client), await sessions.start(proven, client)];
  const limit = { intervalMs: 1, burst: 100 };
  const isLiving = async (sessionId: typeof ended.sessionId) => {
    const session = { accountId, sessionId, fingerprint: 'a'.repeat(16), accountLimit: limit };
    const answer = await stores.identity.gate({ session });
    return (
      answer.session !== undefined && (await sessions.confirmed(client.origin, answer.session)) !== undefined
    );
  };
  expect(await isLiving(ended.sessionId)).toBe(true);

  const lost = vi.spyOn(stores.identity, 'revoke').mockRejectedValueOnce(new Error('the store is gone'));
  await expect(sessions.end(actingAs(client.origin, accountId), ended.sessionId)).rejects.toThrow();
  lost.mockRestore();
  clock.advance(LONGEST_CHANGE_MS + 1);

  expect(await isLiving(other.sessionId)).toBe(true);
  expect(await isLiving(ended.sessionId)).toBe(false);
});
