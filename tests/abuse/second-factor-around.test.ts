// The attacker knows the password of somebody who works for the platform, and wants in without the second factor: by asking for routes
// with the challenge, by completing it with another key, by repeating a code, by taking the factor away.
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  startTestServer,
  TEST_PASSWORD,
  type TestClient,
  type TestServer,
} from '../../apps/server/test-harness/index.ts';

const EMAIL = 'root@example.org';
let server: TestServer;
let owner: TestClient;
let secret: string;
let recoveryCodes: string[];

/** Text members of an answer. */
type Told = Record<string, string>;

const codeNow = (steps = 0) => generateSync({ secret, epoch: Math.floor(Date.now() / 1_000) + steps * 30 });
const firstStep = (client: TestClient) =>
  client.post<Told>('/api/v1/auth/sign-in', { email: EMAIL, password: TEST_PASSWORD });

beforeAll(async () => {
  server = await startTestServer({
    CAREWARD_SECOND_FACTOR_ROLES: 'SUPER_ADMIN',
    CAREWARD_BEARER_ROLES: 'none',
  });
  const code = server.running.setupCode?.reveal() ?? '';
  const account = { email: EMAIL, password: TEST_PASSWORD, displayName: 'Root' };
  await server.nobody.post('/api/v1/setup', { code, ...account });
  const client = server.nobody.bound();
  const { body } = await firstStep(client);
  expect(body).toMatchObject({ status: 'enrolment-required' });
  const { challenge } = body;
  secret = (await client.post<Told>('/api/v1/auth/sign-in/totp', { challenge })).body.secret ?? '';
  const done = await client.post<Told & { recoveryCodes: string[] }>('/api/v1/auth/sign-in/totp/confirm', {
    challenge,
    code: codeNow(-1),
  });
  expect(done.body).toMatchObject({ status: 'signed-in', tokenType: 'DPoP' });
  recoveryCodes = done.body.recoveryCodes;
  owner = client.showing(done.body.accessToken ?? '');
});
afterAll(() => server.stop());

it('the owner is in', async () => {
  expect((await owner.get('/api/v1/users/me')).status).toBe(200);
  expect((await owner.get('/api/v1/users/me/factors')).body).toMatchObject({
    required: true,
    recoveryCodesLeft: 10,
  });
});

it('a challenge opens no route', async () => {
  const { body } = await firstStep(server.nobody.bound());
  expect(body).toMatchObject({ status: 'second-factor-required' });
  expect(body).not.toHaveProperty('accessToken');
  const asToken = server.nobody.with({ authorization: `Bearer ${body.challenge}` });
  expect((await asToken.get('/api/v1/users/me')).status).toBe(401);
});

it('a challenge is completed by no other key, and once', async () => {
  const client = server.nobody.bound();
  const { challenge } = (await firstStep(client)).body;
  const complete = (by: TestClient, recoveryCode = recoveryCodes[0]) =>
    by.post<Told>('/api/v1/auth/sign-in/second-factor', { challenge, recoveryCode });
  for (const thief of [server.nobody.bound(), server.nobody]) {
    expect((await complete(thief)).body).toMatchObject({ code: 'authentication-challenge-invalid' });
  }
  expect((await complete(client)).body).toMatchObject({ status: 'signed-in' });
  expect((await complete(client, recoveryCodes[1])).body).toMatchObject({
    code: 'authentication-challenge-invalid',
  });
});

it('a challenge to show a factor adds none', async () => {
  const client = server.nobody.bound();
  const { challenge } = (await firstStep(client)).body;
  const begun = await client.post<Told>('/api/v1/auth/sign-in/totp', { challenge });
  expect([begun.status, begun.body.code]).toEqual([401, 'authentication-challenge-invalid']);
});

it('a client without a key gets no further than the password, and uses no code up', async () => {
  const { status, body } = await firstStep(server.nobody);
  expect([status, body.code]).toEqual([401, 'authentication-key-required']);
});

it('the last factor is not taken away where a role needs one', async () => {
  const { status, body } = await owner.call<Told>('DELETE', '/api/v1/users/me/factors/totp');
  expect([status, body.code]).toEqual([409, 'second-factor-required-by-role']);
});
