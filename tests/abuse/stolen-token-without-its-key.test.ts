// The attacker has a genuine access token of a doctor, fresh and with minutes to live: from a proxy's log, a crash dump, or a page
// that could read it. The doctor's client bound the token to a key that never leaves it (RFC 9449). The attacker also has proofs
// that the client made, for this and for other requests. On every route of the server, none of it may open anything.
import { DpopClient } from '@careward/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../apps/server/src/describe-endpoints.ts';
import { startTwoClinics, TEST_PASSWORD } from '../../apps/server/test-harness/index.ts';
import { endpointsOf } from '../e2e/world/endpoint-table.ts';
import { absentTarget, requestTo } from '../e2e/world/requests.ts';
import { Wire, type WireRequest } from '../e2e/world/wire.ts';

const PUBLIC_URL = 'https://localhost:8443';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let wire: Wire;
let endpoints: readonly Endpoint[];
const owner = new DpopClient();
const thief = new DpopClient('EdDSA');
let token: string;

beforeAll(async () => {
  server = await startTwoClinics();
  wire = new Wire(server.running);
  endpoints = (await endpointsOf(server.running.platform)).filter(({ entry }) => entry !== 'public');
  await signInAnew();
  thief.nonce = owner.nonce;
});
afterAll(async () => {
  wire.close();
  await server.stop();
});

async function signInAnew(): Promise<void> {
  const client = server.nobody.bound(owner);
  const { body } = await client.post<{ accessToken: string; tokenType: string }>('/api/v1/auth/sign-in', {
    email: 'doctor@north.example.org',
    password: TEST_PASSWORD,
  });
  expect(body.tokenType).toBe('DPoP');
  token = body.accessToken;
}

/** What the thief shows, and the code of the refusal. */
const ATTEMPTS: readonly (readonly [string, string, (request: WireRequest) => readonly Header[]])[] = [
  ['as a bearer token', 'authentication-token-invalid', () => [['authorization', `Bearer ${token}`]]],
  ['without a proof', 'authentication-proof-invalid', () => [['authorization', `DPoP ${token}`]]],
  [
    'with a proof of another key',
    'authentication-proof-invalid',
    (request) => shown(proofOf(thief, request)),
  ],
  [
    "with the owner's proof for another method",
    'authentication-proof-invalid',
    (request) => shown(proofOf(owner, { ...request, method: request.method === 'PUT' ? 'GET' : 'PUT' })),
  ],
  [
    "with the owner's proof for another route",
    'authentication-proof-invalid',
    (request) => shown(proofOf(owner, { ...request, path: '/api/v1/other' })),
  ],
  [
    "with the owner's proof for another token",
    'authentication-proof-invalid',
    (request) => shown(owner.proof({ ...place(request), accessToken: `${token}x` })),
  ],
  [
    'in a cookie, as a bearer client',
    'authentication-proof-invalid',
    () => [
      ['cookie', `__Host-careward-access=${token}`],
      ['sec-fetch-site', 'same-origin'],
    ],
  ],
];

type Header = readonly [string, string];

/** What is said of a token or its proof, as against of what the request asks for. */
const TOKEN_REFUSALS = [
  'authentication-required',
  'authentication-token-invalid',
  'authentication-proof-invalid',
  'authentication-proof-nonce-needed',
  'authentication-session-ended',
];

describe.each(ATTEMPTS)('a stolen token shown %s', (_name, code, show) => {
  it('opens no route', async () => {
    expect(endpoints.length).toBeGreaterThan(25);
    for (const endpoint of endpoints) {
      const request = requestTo(endpoint, absentTarget());
      const answer = await wire.send({ ...request, headers: [...request.headers, ...show(request)] });
      expect([answer.status, answer.body.code], `${endpoint.method} ${endpoint.path}`).toEqual([401, code]);
    }
  });
});

describe('a proof that the owner has used', () => {
  it('opens nothing a second time, on no route', async () => {
    // Deleting the own account works, so it comes last.
    const deletion = (endpoint: Endpoint) =>
      Number(endpoint.path === '/api/v1/users/me' && endpoint.method === 'DELETE');
    for (const endpoint of endpoints.toSorted((a, b) => deletion(a) - deletion(b))) {
      await signInAnew();
      const request = requestTo(endpoint, absentTarget());
      const headers = [...request.headers, ...shown(proofOf(owner, request))];
      const first = await wire.send({ ...request, headers });
      expect(TOKEN_REFUSALS, endpoint.path).not.toContain(first.body.code);
      const again = await wire.send({ ...request, headers });
      // Where the first request has ended the session, that is what the second one learns.
      expect(again.status, endpoint.path).toBe(401);
      expect(['authentication-proof-invalid', 'authentication-session-ended']).toContain(again.body.code);
    }
  });
});

function shown(proof: string): Header[] {
  return [
    ['authorization', `DPoP ${token}`],
    ['dpop', proof],
  ];
}

function proofOf(client: DpopClient, request: WireRequest): string {
  return client.proof({ ...place(request), accessToken: token });
}

function place({ method, path }: WireRequest): { method: string; url: string } {
  return { method, url: new URL(path, PUBLIC_URL).href };
}
