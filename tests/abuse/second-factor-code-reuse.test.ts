// The attacker has watched a doctor type the six digits, or has read them from a phishing page a second later, and knows the password
// too. The code is still good for some seconds. It has been used, so it must not be good for anybody any more: not at once, not in
// parallel, not in another step of the account.
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, TEST_PASSWORD, type TestServer } from '../../apps/server/test-harness/index.ts';

const SIGN_IN = { email: 'root@example.org', password: TEST_PASSWORD };
let server: TestServer;
let secret: string;
let token: string;

beforeAll(async () => {
  server = await startTestServer({ CAREWARD_SECOND_FACTOR_ROLES: 'SUPER_ADMIN' });
  const code = server.running.setupCode?.reveal() ?? '';
  await server.nobody.post('/api/v1/setup', { code, ...SIGN_IN, displayName: 'Root' });
  const challenge = await firstStep();
  ({ secret } = (
    await server.nobody.post<{ secret: string }>('/api/v1/auth/sign-in/totp', { challenge })
  ).body);
  const confirm = { challenge, code: generateSync({ secret }) };
  const { body } = await server.nobody.post<{ accessToken: string }>(
    '/api/v1/auth/sign-in/totp/confirm',
    confirm,
  );
  token = body.accessToken;
});
afterAll(() => server.stop());

const firstStep = async () =>
  (await server.nobody.post<{ challenge: string }>('/api/v1/auth/sign-in', SIGN_IN)).body.challenge;
const secondStep = (challenge: string, code: string) =>
  server.nobody.post<{ status?: string; code?: string }>('/api/v1/auth/sign-in/second-factor', {
    challenge,
    code,
  });

it('the code that enrolled the app opens nothing again', async () => {
  const used = generateSync({ secret, epoch: Math.floor(Date.now() / 1_000) });
  const { body } = await secondStep(await firstStep(), used);
  // In the rare case that the step has just changed, the code of the new step is fresh: the next test covers it.
  expect(['authentication-code-wrong', undefined]).toContain(body.code);
});

it('of twenty who show one code at the same moment, at most one is let in', async () => {
  const code = generateSync({ secret, epoch: Math.floor(Date.now() / 1_000) });
  const challenges = await Promise.all(Array.from({ length: 5 }, firstStep));
  const answers = await Promise.all(challenges.map((challenge) => secondStep(challenge, code)));
  expect(answers.filter(({ body }) => body.status === 'signed-in').length).toBeLessThanOrEqual(1);
  expect(
    answers.filter(({ body }) => body.code === 'authentication-code-wrong').length,
  ).toBeGreaterThanOrEqual(4);
  expect((await secondStep(await firstStep(), code)).body.code).toBe('authentication-code-wrong');
});

it('a code that signed somebody in does not prove anybody again', async () => {
  const client = server.nobody.with({ authorization: `Bearer ${token}` });
  const code = generateSync({ secret, epoch: Math.floor(Date.now() / 1_000) });
  await secondStep(await firstStep(), code);
  const { body } = await client.post<{ code: string }>('/api/v1/auth/reauthenticate', {
    password: TEST_PASSWORD,
    code,
  });
  expect(body.code).toBe('authentication-code-wrong');
});
