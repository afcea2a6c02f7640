// The attacker has a token of the older system: a shared secret signed it, it is good for days, and nobody at Careward has ever seen it.
// Whatever ends the sessions of its owner here has to end it too, although no list of sessions holds it: a changed password, an end to
// all sessions, a sign-out that is asked about again long afterwards.
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  startTwoClinics,
  TEST_PASSWORD,
  type TestServer,
  type TwoClinics,
} from '../../apps/server/test-harness/index.ts';

const secret = randomBytes(48).toString('base64url');
let folder: string;
let server: TestServer;
let world: TwoClinics;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'older-issuer-'));
  const file = join(folder, 'secret');
  await writeFile(file, secret, { mode: 0o600 });
  const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10);
  const started = await startTwoClinics({
    CAREWARD_LEGACY_TOKEN_SECRET_FILE: file,
    CAREWARD_LEGACY_TOKENS_UNTIL: until,
  });
  ({ world } = started);
  server = started;
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

/** A token as the older system wrote it. */
function olderToken(accountId: string, claims: object = {}, key = secret): string {
  const now = Math.floor(Date.now() / 1_000);
  const standard = {
    iss: 'healthcare-system',
    aud: 'healthcare-users',
    sub: accountId,
    iat: now - 60,
    exp: now + 86_400,
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const input = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ ...standard, jti: randomBytes(8).toString('hex'), ...claims })}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}
const statusOf = async (token: string) =>
  (await server.nobody.with({ authorization: `Bearer ${token}` }).get('/api/v1/users/me')).status;

async function owner(email: string) {
  const client = await server.nobody.signIn(email, TEST_PASSWORD);
  const { body } = await client.get<{ account: { id: string } }>('/api/v1/users/me');
  return { client, id: body.account.id };
}

it('it is good while nothing has happened, and for whom it names', async () => {
  const { id } = await owner('nurse@north.example.org');
  expect(await statusOf(olderToken(id))).toBe(200);
  expect(await statusOf(olderToken(id, {}, randomBytes(32).toString('hex')))).toBe(401);
  expect(await statusOf(olderToken('01980000-0000-7000-8000-000000000000'))).toBe(401);
});

it('it ends with a sign-out, and stays ended', async () => {
  const { id } = await owner('nurse@north.example.org');
  const token = olderToken(id);
  const holder = server.nobody.with({ authorization: `Bearer ${token}` });
  expect((await holder.post('/api/v1/auth/sign-out', undefined)).status).toBe(204);
  expect(await statusOf(token)).toBe(401);
  expect(await statusOf(token)).toBe(401);
});

it('it ends when its owner changes the password, though it was never seen before', async () => {
  const { client, id } = await owner('counselor@north.example.org');
  const change = { currentPassword: TEST_PASSWORD, newPassword: 'seventeen quiet lighthouses' };
  expect((await client.call('PUT', '/api/v1/auth/password', change)).status).toBe(204);
  expect(await statusOf(olderToken(id))).toBe(401);
});

it('it opens nothing that asks for a recent proof', async () => {
  const { id } = await owner('therapist@north.example.org');
  const holder = server.nobody.with({ authorization: `Bearer ${olderToken(id)}` });
  const { body } = await holder.call<{ code: string }>('DELETE', '/api/v1/auth/sessions');
  expect(body.code).toBe('authentication-proof-needed');
});

it('it ends with the sessions of everybody', async () => {
  const { id } = await owner('pharmacist@north.example.org');
  const token = olderToken(id);
  expect(await statusOf(token)).toBe(200);
  expect((await world.administrator.post('/api/v1/auth/sessions/end-everybody', undefined)).status).toBe(204);
  expect(await statusOf(token)).toBe(401);
  expect(await statusOf(olderToken(id))).toBe(401);
});
