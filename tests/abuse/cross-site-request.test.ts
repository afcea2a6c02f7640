// The attacker's page makes the browser of a signed-in person send requests to Careward. The browser would add the cookies by itself,
// were they not SameSite=Strict; in this test it does, as an old or faulty one might. What the browser says of where a request comes
// from cannot be forged by a page, so every request with cookies that is not from our own pages must be refused, on every route.
import { DpopClient } from '@careward/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../apps/server/src/describe-endpoints.ts';
import { startTwoClinics, TEST_PASSWORD } from '../../apps/server/test-harness/index.ts';
import { endpointsOf } from '../e2e/world/endpoint-table.ts';
import { absentTarget, requestTo } from '../e2e/world/requests.ts';
import { Wire } from '../e2e/world/wire.ts';

const OWN = 'https://localhost:8443';
let server: Awaited<ReturnType<typeof startTwoClinics>>;
let wire: Wire;
let endpoints: readonly Endpoint[];
let cookies: string;

beforeAll(async () => {
  server = await startTwoClinics();
  wire = new Wire(server.running);
  endpoints = (await endpointsOf(server.running.platform)).filter(({ entry }) => entry !== 'public');
  const browser = server.nobody.with({ 'x-careward-client': 'browser' });
  const answer = await browser.post('/api/v1/auth/sign-in', {
    email: 'doctor@north.example.org',
    password: TEST_PASSWORD,
  });
  cookies = (answer.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]).join('; ');
  expect(cookies).toContain('__Host-careward-access=');
});
afterAll(async () => {
  wire.close();
  await server.stop();
});

const FOREIGN: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  ['of another site', [['sec-fetch-site', 'cross-site']]],
  ['of another host of the same site', [['sec-fetch-site', 'same-site']]],
  ['of a page that hides where it is', [['origin', 'null']]],
  ['of which the browser says nothing', []],
  ['whose Referer alone looks right', [['referer', `${OWN}/account`]]],
];

describe.each(FOREIGN)('a request with cookies %s', (_name, headers) => {
  it('is refused on every route', async () => {
    for (const endpoint of endpoints) {
      const request = requestTo(endpoint, absentTarget());
      const answer = await wire.send({
        ...request,
        headers: [...request.headers, ['cookie', cookies], ...headers],
      });
      expect([403, 401], `${endpoint.method} ${endpoint.path}`).toContain(answer.status);
      expect(['authentication-cross-site', 'edge-origin-refused'], endpoint.path).toContain(answer.body.code);
    }
  });
});

describe('a request with cookies of our own pages', () => {
  it.each<readonly [string, readonly (readonly [string, string])[]]>([
    ['as browsers of today say it', [['sec-fetch-site', 'same-origin']]],
    ['as older ones say it', [['origin', OWN]]],
  ])('passes, %s', async (_name, headers) => {
    const request = {
      method: 'GET',
      path: '/api/v1/users/me',
      headers: [['cookie', cookies] as const, ...headers],
    };
    expect((await wire.send(request)).status).toBe(200);
  });

  it('from the address bar may read and not change', async () => {
    const headers = [['cookie', cookies] as const, ['sec-fetch-site', 'none'] as const];
    expect((await wire.send({ method: 'GET', path: '/api/v1/users/me', headers })).status).toBe(200);
    const change = { method: 'POST', path: '/api/v1/auth/sign-out', headers };
    expect((await wire.send(change)).body.code).toBe('authentication-cross-site');
  });
});

describe('the cookies', () => {
  it('are of this host alone, over TLS, unreadable for scripts, and sent by no other site', async () => {
    const browser = server.nobody.bound(new DpopClient()).with({ 'x-careward-client': 'browser' });
    const answer = await browser.post('/api/v1/auth/sign-in', {
      email: 'nurse@north.example.org',
      password: TEST_PASSWORD,
    });
    const set = answer.headers['set-cookie'] ?? [];
    expect(set.map((cookie) => cookie.split('=')[0]).toSorted()).toEqual([
      '__Host-careward-access',
      '__Host-careward-device',
      '__Host-careward-refresh',
    ]);
    for (const cookie of set) {
      expect(cookie).toMatch(/; Path=\//);
      expect(cookie).toMatch(/; HttpOnly/);
      expect(cookie).toMatch(/; Secure/);
      expect(cookie).toMatch(/; SameSite=Strict/);
      expect(cookie).not.toMatch(/; Domain=/);
    }
    expect(answer.body).not.toHaveProperty('accessToken');
    expect(answer.body).not.toHaveProperty('refreshToken');
  });
});
