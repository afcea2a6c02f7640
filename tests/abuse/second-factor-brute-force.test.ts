// The attacker knows the password and has a million codes to try. Each sign-in gives a new challenge; each challenge, each address and
// each client could be a new count. It is one count, of the account: after ten wrong codes there is a wait, wherever they come from.
import { generateSync } from 'otplib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, TEST_PASSWORD, type TestServer } from '../../apps/server/test-harness/index.ts';

const SIGN_IN = { email: 'root@example.org', password: TEST_PASSWORD };
let server: TestServer;
let secret: string;
let deviceToken: string;

beforeAll(async () => {
  server = await startTestServer({
    CAREWARD_SECOND_FACTOR_ROLES: 'SUPER_ADMIN',
    CAREWARD_SIGN_IN_FAILURES_PER_ACCOUNT: '10',
    CAREWARD_TRUSTED_PROXIES: '127.0.0.1/32,::1/128',
  });
  const code = server.running.setupCode?.reveal() ?? '';
  await server.nobody.post('/api/v1/setup', { code, ...SIGN_IN, displayName: 'Root' });
  const challenge = await firstStep(0);
  ({ secret } = (await from(0).post<{ secret: string }>('/api/v1/auth/sign-in/totp', { challenge })).body);
  const enrolled = await from(0).post<{ deviceToken: string }>('/api/v1/auth/sign-in/totp/confirm', {
    challenge,
    code: generateSync({ secret }),
  });
  ({ deviceToken } = enrolled.body);
});
afterAll(() => server.stop());

const from = (n: number) =>
  server.nobody.with({ 'x-forwarded-for': `203.0.113.${n}`, 'user-agent': `client-${n}` });
const firstStep = async (n: number, device = {}) =>
  (await from(n).post<{ challenge: string }>('/api/v1/auth/sign-in', { ...SIGN_IN, ...device })).body
    .challenge;

/** A code that is not good in any step of these minutes. */
function wrongCode(): string {
  const now = Math.floor(Date.now() / 1_000);
  const good = [-2, -1, 0, 1, 2].map((step) => generateSync({ secret, epoch: now + step * 30 }));
  return (
    ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !good.includes(code)) ?? ''
  );
}

it('ten wrong codes of ten challenges from ten addresses lock the account for strangers', async () => {
  const codes: (string | undefined)[] = [];
  for (let n = 1; n <= 12; n += 1) {
    const challenge = await firstStep(n);
    const proof = { challenge, code: wrongCode() };
    const { body } = await from(n).post<{ code?: string }>('/api/v1/auth/sign-in/second-factor', proof);
    codes.push(body.code);
  }
  expect(codes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'authentication-code-wrong'));
  expect(codes.slice(10)).toEqual(['authentication-locked', 'authentication-locked']);
});

it('and then the right code opens nothing either', async () => {
  const challenge = await firstStep(20);
  const proof = { challenge, code: generateSync({ secret }) };
  const { status, body, headers } = await from(20).post<{ code?: string }>(
    '/api/v1/auth/sign-in/second-factor',
    proof,
  );
  expect([status, body.code]).toEqual([429, 'authentication-locked']);
  expect(Number(headers['retry-after'])).toBeGreaterThan(500);
});

it('nor do a hundred at once get more tries than the ladder has', async () => {
  const challenges = await Promise.all([30, 31, 32].map(firstStep));
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, n) =>
      from(40 + n).post<{ code?: string }>('/api/v1/auth/sign-in/second-factor', {
        challenge: challenges[n % 3],
        code: wrongCode(),
      }),
    ),
  );
  expect(answers.filter(({ body }) => body.code === 'authentication-code-wrong')).toEqual([]);
});

it('nor does who has taken a device that is known: the right password, shown each time, ends no count of codes', async () => {
  const codes: (string | undefined)[] = [];
  for (let n = 0; n < 11; n += 1) {
    const challenge = await firstStep(150, { deviceToken });
    const proof = { challenge, code: wrongCode() };
    const { body } = await from(150).post<{ code?: string }>('/api/v1/auth/sign-in/second-factor', proof);
    codes.push(body.code);
  }
  expect(codes).toEqual([
    ...Array.from({ length: 10 }, () => 'authentication-code-wrong'),
    'authentication-locked',
  ]);
});
