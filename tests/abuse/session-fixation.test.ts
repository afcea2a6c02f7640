// The attacker makes the victim use a session that the attacker already knows: by planting a cookie, a challenge or a device token before
// the sign-in, or by keeping a copy of a session from before the person proved themselves. What a sign-in or a proof gives must be new,
// and what there was before must be worth nothing afterwards.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTwoClinics, TEST_PASSWORD, type TestClient } from '../../apps/server/test-harness/index.ts';

const DOCTOR = { email: 'doctor@north.example.org', password: TEST_PASSWORD };
const NURSE = { email: 'nurse@north.example.org', password: TEST_PASSWORD };
let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly deviceToken: string;
}
const signIn = async (body: object, client = server.nobody) =>
  (await client.post<Tokens>('/api/v1/auth/sign-in', body)).body;
const holder = (token: string) => server.nobody.with({ authorization: `Bearer ${token}` });
const nameOf = async (client: TestClient) =>
  (await client.get<{ account?: { displayName: string } }>('/api/v1/users/me')).body.account?.displayName;

it('a sign-in takes nothing over that came along with it', async () => {
  const planted = await signIn(NURSE);
  const cookie = `__Host-careward-access=${planted.accessToken}; __Host-careward-refresh=${planted.refreshToken}`;
  const got = await signIn(DOCTOR, server.nobody.with({ cookie, 'sec-fetch-site': 'same-origin' }));
  expect(got.accessToken).not.toBe(planted.accessToken);
  expect(await nameOf(holder(got.accessToken))).toMatch(/^DOCTOR/);
  expect(await nameOf(holder(planted.accessToken))).toMatch(/^NURSE/);
});

it('a device token of somebody else is not taken over', async () => {
  const { deviceToken } = await signIn(NURSE);
  const got = await signIn({ ...DOCTOR, deviceToken });
  expect(got.deviceToken.split('.')[1]).not.toBe(deviceToken.split('.')[1]);
  expect(got.deviceToken.split('.')[2]).not.toBe(deviceToken.split('.')[2]);
});

it('each sign-in is a session of its own', async () => {
  const ids = await Promise.all([signIn(DOCTOR), signIn(DOCTOR)]);
  const sessions = ids.map(({ accessToken }) => sidOf(accessToken));
  expect(new Set(sessions).size).toBe(2);
});

it('a copy from before the person proved themselves again is worth nothing afterwards', async () => {
  const copied = await signIn(DOCTOR);
  const person = holder(copied.accessToken);
  const { status, body } = await person.post<Tokens>('/api/v1/auth/reauthenticate', {
    password: TEST_PASSWORD,
  });
  expect(status).toBe(200);
  expect(sidOf(body.accessToken)).not.toBe(sidOf(copied.accessToken));
  expect((await person.get('/api/v1/users/me')).status).toBe(401);
  const refresh = { refreshToken: copied.refreshToken };
  expect((await server.nobody.post('/api/v1/auth/refresh', refresh)).status).toBe(401);
  expect((await holder(body.accessToken).get('/api/v1/users/me')).status).toBe(200);
});

it('a token and a cookie together are refused rather than chosen between', async () => {
  const [one, other] = [await signIn(DOCTOR), await signIn(NURSE)];
  const both = holder(one.accessToken).with({
    cookie: `__Host-careward-access=${other.accessToken}`,
    'sec-fetch-site': 'same-origin',
  });
  expect((await both.get('/api/v1/users/me')).status).toBe(401);
});

function sidOf(token: string): string {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sid;
}
