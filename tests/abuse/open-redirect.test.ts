// The attacker sends a link that begins at the clinic's own address and ends at a page of theirs that looks like it, where people type
// their password again; or lets the identity provider deliver its code to them. They write foreign addresses, in every spelling that
// browsers follow, into where people go after signing in, and foreign hosts into the headers that redirect addresses are often built of.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  OPENID_CALLBACK,
  type OpenidWorld,
  openOpenidWorld,
  type StartedAttempt,
} from '../../apps/server/test-harness/openid-world.ts';

const START = '/api/v1/auth/providers/blue/start';

let world: OpenidWorld;
beforeAll(async () => {
  world = await openOpenidWorld();
});
afterAll(() => world.stop());

const SPELLINGS = [
  'https://evil.example.org',
  '//evil.example.org',
  '/\\evil.example.org',
  '\\\\evil.example.org',
  '/account//evil.example.org',
  '/account@evil.example.org',
  '/account?next=https://evil.example.org',
  '/account#https://evil.example.org',
  '/account/../../evil',
  '/account\n',
  ' /account',
  '/Account',
  '/%2f/evil.example.org',
  'javascript:alert(1)',
  'data:text/html,x',
  '.evil.example.org',
  '',
];

describe('where people go after signing in', () => {
  it('is a page of the closed list, and the same one comes back', async () => {
    const { status, body } = await world.nobody.post<StartedAttempt>(START, { returnTo: '/account' });
    expect([status, body.returnTo]).toEqual([200, '/account']);
  });

  it.each(SPELLINGS)('is never %j', async (returnTo) => {
    const { status, body, text } = await world.nobody.post(START, { returnTo });
    expect([status, body.code]).toEqual([400, 'request-invalid']);
    expect(text).not.toContain('evil');
    const self = await world.administrator.post('/api/v1/users/me/identities/blue/start', { returnTo });
    expect(self.status).toBe(400);
  });
});

describe('where the provider sends its code', () => {
  it.each([
    { host: '127.0.0.1:9' },
    { 'x-forwarded-host': 'evil.example.org' },
    { forwarded: 'host=evil.example.org;proto=http' },
    { 'x-forwarded-proto': 'http' },
    { origin: OPENID_CALLBACK.replace('/sign-in/callback', '') },
  ])('is the configured address, whatever the request says: %j', async (headers) => {
    const { status, body } = await world.nobody.with(headers).post<StartedAttempt>(START, {});
    if (status !== 200) return expect(status).toBeGreaterThanOrEqual(400);
    const url = new URL(body.authorizationUrl);
    expect(url.searchParams.getAll('redirect_uri')).toEqual([OPENID_CALLBACK]);
    expect(url.origin).toBe(world.blue.issuer);
    expect(body.authorizationUrl).not.toContain('evil');
  });

  it('cannot be named by the request', async () => {
    for (const extra of [
      { redirect_uri: 'https://evil.example.org' },
      { redirectUri: 'https://evil.example.org' },
    ])
      expect((await world.nobody.post(START, extra)).status).toBe(400);
  });

  it('is not answered as a redirect by this server', async () => {
    const { status, headers } = await world.nobody.post(START, {});
    expect([status, headers.location]).toEqual([200, undefined]);
  });
});
