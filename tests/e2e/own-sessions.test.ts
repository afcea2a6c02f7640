// People see where they are signed in and end any of it, for themselves only, and the end holds for the very next request.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTwoClinics, TEST_PASSWORD } from '../../apps/server/test-harness/index.ts';

interface Listed {
  readonly sessions: readonly { readonly id: string; readonly current: boolean }[];
}

const SESSIONS = '/api/v1/auth/sessions';
const ME = '/api/v1/users/me';
const EMAIL = 'therapist@north.example.org';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

const signIn = () => server.nobody.signIn(EMAIL, TEST_PASSWORD);
type Client = Awaited<ReturnType<typeof signIn>>;
const listOf = async (client: Client) => (await client.get<Listed>(SESSIONS)).body.sessions;
const statusOf = async (client: Client) => (await client.get(ME)).status;

it('all are listed, with the one that asks among them', async () => {
  const [first, second] = [await signIn(), await signIn()];
  const [own, seen] = [await listOf(first), await listOf(second)];
  expect(seen.map(({ id }) => id)).toEqual(own.map(({ id }) => id));
  expect(own.filter(({ current }) => current)).toHaveLength(1);
  expect(seen.find(({ current }) => current)?.id).not.toBe(own.find(({ current }) => current)?.id);
});

it('one is ended by another, from its next request on', async () => {
  const [kept, ended] = [await signIn(), await signIn()];
  const id = (await listOf(ended)).find(({ current }) => current)?.id;
  expect(await statusOf(ended)).toBe(200);
  expect((await kept.call('DELETE', `${SESSIONS}/${id}`)).status).toBe(204);
  expect([await statusOf(ended), await statusOf(kept)]).toEqual([401, 200]);
});

it('all others are ended at once', async () => {
  const others = [await signIn(), await signIn()];
  const kept = await signIn();
  const { body } = await kept.call<{ ended: number }>('DELETE', SESSIONS);
  expect(body.ended).toBeGreaterThanOrEqual(2);
  expect(await Promise.all(others.map(statusOf))).toEqual([401, 401]);
  expect([await statusOf(kept), (await listOf(kept)).length]).toEqual([200, 1]);
});

it('the refresh token of an ended one is of no use', async () => {
  const { body } = await server.nobody.post<{ accessToken: string; refreshToken: string }>(
    '/api/v1/auth/sign-in',
    { email: EMAIL, password: TEST_PASSWORD },
  );
  expect((await (await signIn()).call('DELETE', SESSIONS)).status).toBe(200);
  const { refreshToken } = body;
  expect((await server.nobody.post('/api/v1/auth/refresh', { refreshToken })).status).toBe(401);
});

it('those of somebody else are neither seen nor ended', async () => {
  const stranger = server.world.north.staff.COUNSELOR;
  const own = await signIn();
  const id = (await listOf(own)).find(({ current }) => current)?.id ?? '';
  expect((await listOf(stranger)).map((each) => each.id)).not.toContain(id);
  expect((await stranger.call('DELETE', `${SESSIONS}/${id}`)).status).toBe(404);
  expect((await stranger.call('DELETE', SESSIONS)).status).toBe(200);
  expect(await statusOf(own)).toBe(200);
});

it('are five at most: the sixth sign-in ends the oldest', async () => {
  const [oldest, ...others] = [
    await signIn(),
    await signIn(),
    await signIn(),
    await signIn(),
    await signIn(),
  ];
  const sixth = await signIn();
  expect((await listOf(sixth)).length).toBe(5);
  expect(await statusOf(oldest as Client)).toBe(401);
  expect(await Promise.all(others.map(statusOf))).toEqual([200, 200, 200, 200]);
});
