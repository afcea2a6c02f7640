// The attacker has a refresh token: a week of access, if it were worth anything by itself. It was given to a client with a key, so it
// must be worth nothing without that key, and showing it with another one must end the session of which it was stolen: from then on
// neither the thief nor the victim goes on unnoticed. A token that was never issued must end nobody's session.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTwoClinics, TEST_PASSWORD, type TestClient } from '../../apps/server/test-harness/index.ts';

const DOCTOR = { email: 'doctor@north.example.org', password: TEST_PASSWORD };
let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

async function victim(): Promise<{ client: TestClient; tokens: Tokens }> {
  const client = server.nobody.bound();
  const { body } = await client.post<Tokens>('/api/v1/auth/sign-in', DOCTOR);
  return { client, tokens: body };
}
const refresh = (client: TestClient, refreshToken: string) =>
  client.post<Tokens & { code?: string }>('/api/v1/auth/refresh', { refreshToken });
const isIn = async ({ client, tokens }: Awaited<ReturnType<typeof victim>>) =>
  (await client.showing(tokens.accessToken).get('/api/v1/users/me')).status === 200;

it.each<[string, () => TestClient]>([
  ['another key', () => server.nobody.bound()],
  ['no key', () => server.nobody],
])('shown with %s it gives nothing, and ends the session', async (_name, thief) => {
  const person = await victim();
  expect(await isIn(person)).toBe(true);
  const { status, body } = await refresh(thief(), person.tokens.refreshToken);
  expect([status, body.code]).toEqual([401, 'authentication-refresh-refused']);
  expect(await isIn(person)).toBe(false);
});

it('that was changed in one character is nobody’s, and ends no session', async () => {
  const person = await victim();
  const { refreshToken } = person.tokens;
  for (const at of [6, 30, 60, refreshToken.length - 2]) {
    const other = refreshToken[at] === 'A' ? 'B' : 'A';
    const changed = refreshToken.slice(0, at) + other + refreshToken.slice(at + 1);
    expect((await refresh(person.client, changed)).status).toBe(401);
  }
  expect(await isIn(person)).toBe(true);
});

it('may be repeated once by its own client when the answer was lost, and by nobody else', async () => {
  const person = await victim();
  const lost = await refresh(person.client, person.tokens.refreshToken);
  expect(lost.status).toBe(200);
  const repeated = await refresh(person.client, person.tokens.refreshToken);
  expect(repeated.status).toBe(200);
  expect((await refresh(person.client, person.tokens.refreshToken)).status).toBe(401);
  expect((await refresh(person.client, repeated.body.refreshToken)).status).toBe(401);
});

it('the one of the lost answer is void once the repeat was answered', async () => {
  const person = await victim();
  const lost = await refresh(person.client, person.tokens.refreshToken);
  await refresh(person.client, person.tokens.refreshToken);
  expect((await refresh(person.client, lost.body.refreshToken)).status).toBe(401);
  expect(await isIn(person)).toBe(false);
});
