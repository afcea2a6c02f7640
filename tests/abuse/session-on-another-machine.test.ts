// The attacker has taken a whole client over: token and key, copied from a laptop that was left open, and goes on with them on another
// machine. The key is right, so the request is; but the client looks like another one. That must not lock the person out, since they may
// just have changed their browser: it must ask them to prove who they are, and until then open nothing that matters.
import { DpopClient } from '@careward/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTwoClinics, TEST_PASSWORD, type TestClient } from '../../apps/server/test-harness/index.ts';

const DOCTOR = { email: 'doctor@north.example.org', password: TEST_PASSWORD };
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0';
const NEWER_FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';
const CURL = 'curl/8.5.0';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

async function signedIn(): Promise<(agent: string) => TestClient> {
  const client = server.nobody.bound(new DpopClient());
  const as = (agent: string) => client.with({ 'user-agent': agent });
  const { body } = await as(FIREFOX).post<{ accessToken: string }>('/api/v1/auth/sign-in', DOCTOR);
  return (agent) => as(agent).showing(body.accessToken);
}
const statusOf = async (client: TestClient) => {
  const { status, body } = await client.at(server.world.north.id).get<{ code?: string }>('/api/v1/patients');
  return body.code ?? status;
};

it('an update of the same browser goes on as before', async () => {
  const as = await signedIn();
  expect(await statusOf(as(FIREFOX))).toBe(200);
  expect(await statusOf(as(NEWER_FIREFOX))).toBe(200);
});

it('another program opens nothing, and neither does the first one until its person has proved themselves', async () => {
  const as = await signedIn();
  expect(await statusOf(as(CURL))).toBe('authentication-proof-needed');
  expect(await statusOf(as(FIREFOX))).toBe('authentication-proof-needed');
  const { headers } = await as(FIREFOX).get('/api/v1/users/me');
  expect(headers['www-authenticate']).toContain('insufficient_user_authentication');
});

it('the person goes on with a proof, in a new session that the thief does not have', async () => {
  const as = await signedIn();
  await statusOf(as(CURL));
  const wrong = await as(CURL).post('/api/v1/auth/reauthenticate', { password: 'a guess' });
  expect(wrong.status).toBe(401);
  const { status, body } = await as(FIREFOX).post<{ accessToken: string }>('/api/v1/auth/reauthenticate', {
    password: TEST_PASSWORD,
  });
  expect(status).toBe(200);
  expect(await statusOf(as(FIREFOX).showing(body.accessToken))).toBe(200);
  expect(await statusOf(as(CURL))).toBe('authentication-session-ended');
});

it('may always be left: signing out needs no proof', async () => {
  const as = await signedIn();
  await statusOf(as(CURL));
  expect((await as(FIREFOX).post('/api/v1/auth/sign-out', undefined)).status).toBe(204);
});
