// The attacker guesses passwords: many for one account, or one for many accounts, from one address or from a hundred. The answers must
// slow them down, must not tell which addresses have an account, and must not become a way to keep a person out of their own account.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, TEST_PASSWORD, type TestServer } from '../../apps/server/test-harness/index.ts';

let server: TestServer;
const KNOWN = 'root@example.org';

/** Addresses are believed from the loopback address, where these requests come from. */
beforeAll(async () => {
  server = await startTestServer({
    CAREWARD_SIGN_IN_FAILURES_PER_ADDRESS: '5',
    CAREWARD_SIGN_IN_FAILURES_PER_ACCOUNT: '10',
    CAREWARD_TRUSTED_PROXIES: '127.0.0.1/32,::1/128',
  });
  const code = server.running.setupCode?.reveal() ?? '';
  const account = { email: KNOWN, password: TEST_PASSWORD, displayName: 'Root' };
  await server.nobody.post('/api/v1/setup', { code, ...account });
});
afterAll(() => server.stop());

const from = (address: string) => server.nobody.with({ 'x-forwarded-for': address });
const tryFrom = (address: string, email: string, password: string, deviceToken?: string) =>
  from(address).post('/api/v1/auth/sign-in', { email, password, ...(deviceToken && { deviceToken }) });

describe('guessing', () => {
  it('from one address ends after five failures, with a time to come back', async () => {
    for (let n = 0; n < 5; n += 1) {
      const { status } = await tryFrom('198.51.100.1', `person${n}@example.org`, 'a guess');
      expect(status).toBe(401);
    }
    const refused = await tryFrom('198.51.100.1', KNOWN, TEST_PASSWORD);
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({ code: 'authentication-locked' });
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(800);
    expect(seconds).toBeLessThanOrEqual(900);
  });

  it('gets no further by signing in to an account of one’s own in between', async () => {
    const guess = (n: number) => tryFrom('198.51.100.2', `person${n}@example.org`, 'a guess');
    for (let n = 0; n < 4; n += 1) expect((await guess(n)).status).toBe(401);
    expect((await tryFrom('198.51.100.2', KNOWN, TEST_PASSWORD)).body).toMatchObject({ status: 'signed-in' });
    expect((await guess(4)).status).toBe(401);
    expect((await guess(5)).status).toBe(429);
  });

  it('for one account from a hundred addresses ends after ten, alike with an account and without', async () => {
    const seen = new Map<string, string[]>();
    for (const email of [KNOWN, 'nobody@example.org']) {
      const answers: string[] = [];
      for (let n = 0; n < 14; n += 1) {
        const { status, body } = await tryFrom(`203.0.113.${n}`, email, 'a guess');
        answers.push(`${status} ${String(body.code)}`);
      }
      seen.set(email, answers);
    }
    expect(seen.get(KNOWN)).toEqual(seen.get('nobody@example.org'));
    expect(seen.get(KNOWN)?.filter((answer) => answer === '429 authentication-locked')).toHaveLength(4);
  });
});

describe('a guesser who waits for the owner to sign in', () => {
  it('has no more guesses when the owner has come in from an unknown device', async () => {
    const fresh = await startTestServer({ CAREWARD_SIGN_IN_FAILURES_PER_ACCOUNT: '10' });
    try {
      const code = fresh.running.setupCode?.reveal() ?? '';
      const account = { email: KNOWN, password: TEST_PASSWORD, displayName: 'Root' };
      await fresh.nobody.post('/api/v1/setup', { code, ...account });
      const signIn = (password: string) =>
        fresh.nobody.post('/api/v1/auth/sign-in', { email: KNOWN, password });
      const statuses: number[] = [];
      for (let n = 1; n <= 12; n += 1) {
        if (n <= 10) expect((await signIn(TEST_PASSWORD)).body).toMatchObject({ status: 'signed-in' });
        statuses.push((await signIn('a guess')).status);
      }
      expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429]);
    } finally {
      await fresh.stop();
    }
  });
});

describe('the owner of an account that strangers have locked', () => {
  it('gets in from a device that was known, and from no other', async () => {
    const fresh = await startTestServer({ CAREWARD_SIGN_IN_FAILURES_PER_ACCOUNT: '10' });
    try {
      const code = fresh.running.setupCode?.reveal() ?? '';
      const account = { email: KNOWN, password: TEST_PASSWORD, displayName: 'Root' };
      await fresh.nobody.post('/api/v1/setup', { code, ...account });
      const signIn = (password: string, deviceToken?: unknown) =>
        fresh.nobody.post('/api/v1/auth/sign-in', {
          email: KNOWN,
          password,
          ...(deviceToken !== undefined && { deviceToken }),
        });
      const { deviceToken } = (await signIn(TEST_PASSWORD)).body;
      for (let n = 0; n < 10; n += 1) await signIn('a guess');
      expect((await signIn(TEST_PASSWORD)).status).toBe(429);
      expect((await signIn(TEST_PASSWORD, `${String(deviceToken).slice(0, -2)}AA`)).status).toBe(429);
      expect((await signIn(TEST_PASSWORD, deviceToken)).body).toMatchObject({ status: 'signed-in' });
    } finally {
      await fresh.stop();
    }
  });
});

describe('a browser', () => {
  it('gets tokens and device token as cookies that no script can read, and none of them in the answer', async () => {
    const browser = from('192.0.2.77').with({ 'x-careward-client': 'browser' });
    const other = { email: 'nobody@example.org', password: 'a guess' };
    expect((await browser.post('/api/v1/auth/sign-in', other)).headers['set-cookie']).toBeUndefined();
    const fresh = await startTestServer();
    try {
      const code = fresh.running.setupCode?.reveal() ?? '';
      const account = { email: KNOWN, password: TEST_PASSWORD, displayName: 'Root' };
      await fresh.nobody.post('/api/v1/setup', { code, ...account });
      const { headers, text, body } = await fresh.nobody
        .with({ 'x-careward-client': 'browser' })
        .post('/api/v1/auth/sign-in', { email: KNOWN, password: TEST_PASSWORD });
      expect(body).toMatchObject({ status: 'signed-in' });
      const cookies = headers['set-cookie'] ?? [];
      for (const name of ['access', 'refresh', 'device']) {
        const cookie = cookies.find((each) => each.startsWith(`__Host-careward-${name}=`)) ?? '';
        expect(cookie).toMatch(/; HttpOnly/);
        expect(cookie).toMatch(/; Secure/);
        expect(cookie).toMatch(/; SameSite=Strict/);
        const value = /=([^;]+)/.exec(cookie)?.[1] ?? '';
        expect(value.length).toBeGreaterThan(40);
        expect(text).not.toContain(value);
      }
    } finally {
      await fresh.stop();
    }
  });
});
