import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientFrom, openSignInWorld, type SignInWorld } from '../../../test-harness/sign-in-world.ts';

let world: SignInWorld;
beforeAll(async () => {
  world = await openSignInWorld();
});
afterAll(() => world.close());

const WEEK_SECONDS = 7 * 86_400;
const QUARTER_MS = 900_000;

it('refreshing makes no session longer, and says what is left of it', async () => {
  const { platform, clock } = world;
  const client = clientFrom();
  const { id: accountId } = await world.person();
  const first = await platform.sessions.start({ accountId, methods: ['pwd'] }, client);
  expect(first.refreshExpiresIn).toBe(WEEK_SECONDS);
  const ends = (await platform.sessions.list(accountId))[0]?.record.absoluteExpiresAt ?? 0;
  let { refreshToken } = first;
  for (let round = 0; round < 3; round += 1) {
    clock.advance(QUARTER_MS);
    const next = await platform.sessions.refresh(refreshToken, client);
    expect(next.refreshExpiresIn).toBe(Math.floor((ends - clock.now()) / 1_000));
    refreshToken = next.refreshToken;
  }
  expect((await platform.sessions.list(accountId))[0]?.record.absoluteExpiresAt).toBe(ends);
});
