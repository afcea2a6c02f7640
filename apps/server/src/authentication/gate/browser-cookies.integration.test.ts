import { FakeClock } from '@careward/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createTestEnvironment,
  TEST_PASSWORD,
  TestClient,
  type TestEnvironment,
} from '../../../test-harness/index.ts';
import { loadConfiguration } from '../../config/index.ts';
import { type RunningServer, startServer } from '../../server.ts';

const EMAIL = 'root@example.org';
const ACCESS_SECONDS = 600;
const ABSOLUTE_SECONDS = 7 * 86_400;
const OURS = { 'x-careward-client': 'browser', 'sec-fetch-site': 'same-origin' };
const clock = new FakeClock(Date.now());
let environment: TestEnvironment;
let running: RunningServer;
let nobody: TestClient;

beforeAll(async () => {
  environment = await createTestEnvironment();
  running = await startServer(loadConfiguration(environment.variables), clock);
  nobody = await TestClient.of(running);
  const account = { email: EMAIL, password: TEST_PASSWORD, displayName: 'Root' };
  await nobody.post('/api/v1/setup', { code: running.setupCode?.reveal() ?? '', ...account });
});
afterAll(async () => {
  nobody.close();
  await running.stop();
  await environment.remove();
});

type Cookies = ReadonlyMap<string, string>;

/** Cookies by name, as an answer sets them. */
function cookiesOf({
  headers,
}: {
  readonly headers: { readonly 'set-cookie'?: string[] | undefined };
}): Cookies {
  return new Map(
    (headers['set-cookie'] ?? []).map((cookie) => [cookie.slice(0, cookie.indexOf('=')), cookie]),
  );
}
function browserWith(cookies: Cookies): TestClient {
  const cookie = [...cookies.values()].map((each) => each.slice(0, each.indexOf(';'))).join('; ');
  return nobody.with({ ...OURS, cookie });
}
async function signIn(): Promise<Cookies> {
  const answer = await nobody
    .with(OURS)
    .post('/api/v1/auth/sign-in', { email: EMAIL, password: TEST_PASSWORD });
  expect(answer.status).toBe(200);
  return cookiesOf(answer);
}
/** When the session of these cookies ends, as its store says. */
async function endOf(cookies: Cookies): Promise<number> {
  const [, token = ''] = /=([^;]+);/.exec(cookies.get('__Host-careward-access') ?? '') ?? [];
  const { sessions, tokens } = running.platform;
  const { sub, sid } = tokens.verify(token);
  const session = (await sessions.list(sub)).find(({ record }) => record.sessionId === sid);
  return session?.record.absoluteExpiresAt ?? 0;
}
const secondsOf = (cookie: string | undefined) => Number(/; Max-Age=(\d+);/.exec(cookie ?? '')?.[1]);

describe('the cookies of a browser', () => {
  it('live both as long as the session may, and go to this host alone, over TLS, past every script', async () => {
    const cookies = await signIn();
    for (const name of ['__Host-careward-access', '__Host-careward-refresh']) {
      expect(cookies.get(name)).toMatch(/; Path=\/; HttpOnly; Secure; SameSite=Strict$/);
      expect(secondsOf(cookies.get(name))).toBe(ABSOLUTE_SECONDS);
    }
  });

  it('say of an access token that has ended that it is not valid, and get the next one', async () => {
    const cookies = await signIn();
    expect((await browserWith(cookies).get('/api/v1/users/me')).status).toBe(200);
    clock.advance((ACCESS_SECONDS + 1) * 1_000);
    const late = await browserWith(cookies).get('/api/v1/users/me');
    expect([late.status, late.body.code]).toEqual([401, 'authentication-token-invalid']);
    const refreshed = await browserWith(cookies).post('/api/v1/auth/refresh', {});
    expect(refreshed.status).toBe(200);
    expect((await browserWith(cookiesOf(refreshed)).get('/api/v1/users/me')).status).toBe(200);
  });

  it('live after a refresh for what is left of the session, as the answer says', async () => {
    const cookies = await signIn();
    const ends = await endOf(cookies);
    clock.advance(1_200_000);
    const refreshed = await browserWith(cookies).post<{ refreshExpiresIn: number }>(
      '/api/v1/auth/refresh',
      {},
    );
    expect(refreshed.body.refreshExpiresIn).toBe(Math.floor((ends - clock.now()) / 1_000));
    expect(refreshed.body.refreshExpiresIn).toBeLessThan(ABSOLUTE_SECONDS - 1_000);
    for (const cookie of ['__Host-careward-access', '__Host-careward-refresh'])
      expect(secondsOf(cookiesOf(refreshed).get(cookie))).toBe(refreshed.body.refreshExpiresIn);
  });

  it('are taken away by a sign-out', async () => {
    const answer = await browserWith(await signIn()).post('/api/v1/auth/sign-out', undefined);
    expect(answer.status).toBe(204);
    const cookies = cookiesOf(answer);
    expect([...cookies.values()].map(secondsOf)).toEqual([0, 0]);
  });
});
