// The attacker sits down at a device that somebody left signed in, or has the session in another way. What that session may read they
// may read; but nothing that would let them stay: no other address, factor, passkey, or identity, and no end of the account. All
// of that needs a proof of the person from the last five minutes, and there is none (RFC 9470). Nor do they get there by the password, if
// they know it, where that is one of two factors.
import { asAccountId } from '@careward/kernel';
import { generateSync } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../apps/server/src/describe-endpoints.ts';
import { TEST_PASSWORD, type TestClient } from '../../apps/server/test-harness/index.ts';
import { endpointsOf } from '../e2e/world/endpoint-table.ts';
import { openWorld, type World } from '../e2e/world/open-world.ts';
import { emailOf, inNameOf, type SignedIn, signIn } from '../e2e/world/people.ts';
import { absentTarget, requestTo } from '../e2e/world/requests.ts';

const SIX_MINUTES_MS = 360_000;

/** Acts that change how a person proves who they are, and who they are. */
const SENSITIVE =
  /\/(?:email|factors|totp|recovery-codes|passkeys|identities|rotation|end-everybody)\b|^DELETE \S*\/(?:users\/me|auth\/sessions\b.*)$/;
/**
 * Those that bring their own proof along: a code that only the new address was sent, or the present password, which is all that a person
 * without a second factor can show. Of one who has two the service asks for a recent proof, as below.
 */
const OWN_PROOF = ['PUT /api/v1/auth/password', 'POST /api/v1/users/me/email/confirm'];

let world: World;
let endpoints: readonly Endpoint[];
let left: SignedIn;
beforeAll(async () => {
  world = await openWorld();
  endpoints = (await endpointsOf(world.running.platform)).filter(({ entry }) => entry !== 'public');
  left = await signIn(world.wire, emailOf('NURSE', 'north'));
});
afterAll(() => world.close());

describe('a session whose person proved themselves six minutes ago', () => {
  it('opens no route that asks for a recent proof, and says what is missing', async () => {
    await age(left);
    for (const endpoint of asking()) {
      const answer = await ask(endpoint);
      const name = `${endpoint.method} ${endpoint.path}`;
      expect([answer.status, answer.body.code], name).toEqual([401, 'authentication-proof-needed']);
      expect(answer.headers['www-authenticate'], name).toContain('insufficient_user_authentication');
    }
    expect(asking().length).toBeGreaterThan(8);
  });

  it('still opens the others', async () => {
    const me = { method: 'GET', path: '/api/v1/users/me', headers: [] };
    expect((await world.wire.send(inNameOf(left, me))).status).toBe(200);
  });
});

describe('an act that would let somebody stay', () => {
  it('asks for a recent proof, whichever route it has', () => {
    const sensitive = endpoints.filter(
      ({ method, path }) => method !== 'GET' && SENSITIVE.test(`${method} ${path}`) && !isProof(path),
    );
    const lax = sensitive
      .filter(({ recentProof }) => !recentProof)
      .map(({ method, path }) => `${method} ${path}`);
    expect(lax.filter((name) => !OWN_PROOF.includes(name))).toEqual([]);
    expect(sensitive.length).toBeGreaterThan(8);
  });
});

describe('a new password, set by somebody who found a session open and knows the present one', () => {
  it('is refused where there is a second factor, until that is shown: no other session ends', async () => {
    const [found, own] = [await client(), await client()];
    const begun = await own.signedIn.post<{ secret: string }>('/api/v1/users/me/factors/totp', {});
    const codeAt = (step: number) =>
      generateSync({ secret: begun.body.secret, epoch: Math.floor(Date.now() / 1_000) + step * 30 });
    await own.signedIn.post('/api/v1/users/me/factors/totp/confirm', { code: codeAt(-1) });
    await Promise.all([age(found), age(own)]);
    const refusal = await change(found.signedIn);
    expect([refusal.status, refusal.body.code]).toEqual([401, 'authentication-proof-needed']);
    expect((await own.signedIn.get('/api/v1/users/me')).status).toBe(200);
    const proof = { password: TEST_PASSWORD, code: codeAt(0) };
    const proven = await own.signedIn.post<{ accessToken: string }>('/api/v1/auth/reauthenticate', proof);
    expect((await change(world.nobody.showing(proven.body.accessToken))).status).toBe(204);
    expect((await found.signedIn.get('/api/v1/users/me')).status).toBe(401);
  });

  it('is set where there is none: the password is all that its person has', async () => {
    const session = await signIn(world.wire, emailOf('RECEPTIONIST', 'north'));
    await age(session);
    expect((await change(world.nobody.showing(session.accessToken))).status).toBe(204);
  });

  const change = (by: TestClient) =>
    by.call('PUT', '/api/v1/auth/password', {
      currentPassword: TEST_PASSWORD,
      newPassword: 'quite another long password',
    });
  const client = async () => {
    const session = await signIn(world.wire, emailOf('DOCTOR', 'north'));
    return { ...session, signedIn: world.nobody.showing(session.accessToken) };
  };
});

const asking = () => endpoints.filter(({ recentProof }) => recentProof);

/** Proving oneself again by a passkey is not an act on passkeys. */
function isProof(path: string): boolean {
  return path.includes('/reauthenticate/');
}

function ask(endpoint: Endpoint) {
  const { headers, ...request } = requestTo(endpoint, absentTarget());
  const clinic = ['x-clinic-id', world.world.north.id] as const;
  return world.wire.send(inNameOf(left, { ...request, headers: [clinic, ...headers] }));
}

/** Makes the last proof of a session six minutes old, as if so much time had passed. */
async function age({ accountId, sessionId }: SignedIn): Promise<void> {
  const store = world.running.platform.stores.identity;
  const session = (await store.list(asAccountId(accountId))).find((each) => each.sessionId === sessionId);
  if (session === undefined) throw new Error('the session is gone');
  const body = JSON.parse(session.body) as { provenAt: number };
  const older = JSON.stringify({ ...body, provenAt: body.provenAt - SIX_MINUTES_MS });
  await store.confirm({ ...session, settles: false }, session, older);
}
