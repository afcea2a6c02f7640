// The attacker wants to keep people out rather than get in: by failing in a colleague's name until the account is locked, by failing from
// behind the clinic's one address until everybody there is refused, by failing codes until the second factor is locked. Whoever has
// signed in from a device before must go on signing in from it, whatever strangers do.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, TEST_PASSWORD, type TestServer } from '../../apps/server/test-harness/index.ts';

const OWNER = 'root@example.org';
const LOCKED = 'authentication-locked';
/** The clinic's way out, with all of its staff and one attacker behind it. */
const CLINIC = '198.51.100.7';

let server: TestServer;
let deviceToken: string;
let recoveryCodes: string[];

beforeAll(async () => {
  server = await startTestServer({
    CAREWARD_SIGN_IN_FAILURES_PER_ADDRESS: '5',
    CAREWARD_SIGN_IN_FAILURES_PER_ACCOUNT: '10',
    CAREWARD_TRUSTED_PROXIES: '127.0.0.1/32,::1/128',
    CAREWARD_SECOND_FACTOR_ROLES: 'SUPER_ADMIN',
  });
  const code = server.running.setupCode?.reveal() ?? '';
  await server.nobody.post('/api/v1/setup', {
    code,
    email: OWNER,
    password: TEST_PASSWORD,
    displayName: 'Root',
  });
  const { challenge } = (await attempt('203.0.113.200', TEST_PASSWORD)).body;
  const owner = from('203.0.113.200');
  const { secret } = (await owner.post<{ secret: string }>('/api/v1/auth/sign-in/totp', { challenge })).body;
  const { generateSync } = await import('otplib');
  const enrolled = await owner.post<{ deviceToken: string; recoveryCodes: string[] }>(
    '/api/v1/auth/sign-in/totp/confirm',
    { challenge, code: generateSync({ secret }) },
  );
  ({ deviceToken, recoveryCodes } = enrolled.body);
});
afterAll(() => server.stop());

const from = (address: string) => server.nobody.with({ 'x-forwarded-for': address });
const attempt = (address: string, password: string, device?: string) =>
  from(address).post<{ code?: string; status?: string; challenge: string }>('/api/v1/auth/sign-in', {
    email: OWNER,
    password,
    ...(device !== undefined && { deviceToken: device }),
  });

describe('strangers who fail', () => {
  it('behind the address of the clinic do not keep a known device from signing in there', async () => {
    for (let n = 0; n < 5; n += 1) await attempt(CLINIC, 'a guess');
    expect((await attempt(CLINIC, TEST_PASSWORD)).body.code).toBe(LOCKED);
    expect((await attempt(CLINIC, TEST_PASSWORD, deviceToken)).body.status).toBe('second-factor-required');
  });

  it('in the name of a person do not keep them from signing in from a known device', async () => {
    for (let n = 0; n < 12; n += 1) await attempt(`203.0.113.${n}`, 'a guess');
    expect((await attempt('192.0.2.1', TEST_PASSWORD)).body.code).toBe(LOCKED);
    expect((await attempt('192.0.2.1', TEST_PASSWORD, deviceToken)).body.status).toBe(
      'second-factor-required',
    );
  });

  it('do not get help from the mistakes of its owner: a right password ends the count of the device', async () => {
    for (let day = 0; day < 12; day += 1) {
      expect((await attempt('192.0.2.2', 'a slip', deviceToken)).body.code).toBe('authentication-failed');
      const { body } = await attempt('192.0.2.2', TEST_PASSWORD, deviceToken);
      expect(body.status).toBe('second-factor-required');
    }
  });

  it('at the second factor, knowing the password, do not keep the known device from showing its code', async () => {
    const fresh = await attempt('192.0.2.50', TEST_PASSWORD, deviceToken);
    const wrong = { challenge: fresh.body.challenge, code: '000000' };
    // The challenge of the device that is known counts its own failures: two of them leave it open.
    for (let n = 0; n < 2; n += 1) await from('192.0.2.50').post('/api/v1/auth/sign-in/second-factor', wrong);
    const { body } = await from('192.0.2.50').post<{ status: string }>('/api/v1/auth/sign-in/second-factor', {
      challenge: fresh.body.challenge,
      recoveryCode: recoveryCodes[0],
    });
    expect(body.status).toBe('signed-in');
  });
});

describe('a device token', () => {
  it('opens nothing by itself, and is no help to whoever writes one', async () => {
    expect((await attempt('192.0.2.60', 'a guess', deviceToken)).status).toBe(401);
    const [version, account, device] = deviceToken.split('.');
    const forged = `${version}.${account}.${device}.${Buffer.alloc(32).toString('base64url')}`;
    expect((await attempt('192.0.2.61', TEST_PASSWORD, forged)).body.code).toBe(LOCKED);
  });
});
