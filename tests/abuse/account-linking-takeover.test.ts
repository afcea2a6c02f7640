// The attacker wants somebody else's account by way of another identity provider. They have an identity with the victim's e-mail address
// there (the provider does not verify it, or the address was given to a new person), or an account here and the victim's half-open
// session in reach. They try to sign in by the address alone, to link their identity to the victim's account, to link the victim's
// identity to their own account, and to finish in the victim's session what they began in theirs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../../apps/server/test-harness/index.ts';
import {
  Attempt,
  linkIdentity,
  type OpenidWorld,
  openOpenidWorld,
  type StartedAttempt,
} from '../../apps/server/test-harness/openid-world.ts';
import { endpointsOf } from '../e2e/world/endpoint-table.ts';

const IDENTITIES = '/api/v1/users/me/identities';
const VICTIM = 'victim@example.org';
const ATTACKER = 'attacker@example.org';

let world: OpenidWorld;
let victim: TestClient;
let attacker: TestClient;
beforeAll(async () => {
  world = await openOpenidWorld();
  victim = await world.person(VICTIM);
  attacker = await world.person(ATTACKER);
});
afterAll(() => world.stop());

const linked = async (client: TestClient) =>
  (await client.get<{ items: { provider: string }[] }>(IDENTITIES)).body.items.map(
    ({ provider }) => provider,
  );

async function signInBy(subject: string, email: string) {
  const attempt = await Attempt.begin(world.nobody, 'blue');
  const person = { subject, email, isEmailVerified: true };
  const { status, body } = await attempt.finish(
    await world.blue.signIn(attempt.started.authorizationUrl, person),
  );
  return [status, body.code ?? body.status];
}

describe('an identity with the e-mail address of somebody else', () => {
  it('opens nothing and makes no account, however verified the address is', async () => {
    expect(await signInBy('squatter', VICTIM)).toEqual([401, 'openid-not-linked']);
    expect(await signInBy('nobody-yet', 'nobody.yet@example.org')).toEqual([401, 'openid-not-linked']);
    const made = await world.nobody.post('/api/v1/auth/sign-in', {
      email: 'nobody.yet@example.org',
      password: 'any password of some length',
    });
    expect(made.status).toBe(401);
    expect(await linked(victim)).toEqual([]);
  });

  it('is not linked to the account of whoever brings it, who has another address', async () => {
    const victims = { subject: 'victim', email: VICTIM, isEmailVerified: true };
    const refused = { status: 403, body: { code: 'openid-link-refused' } };
    expect(await linkIdentity(attacker, 'blue', world.blue, victims)).toMatchObject(refused);
    const unverified = { subject: 'attacker', email: ATTACKER, isEmailVerified: false };
    expect(await linkIdentity(attacker, 'green', world.green, unverified)).toMatchObject(refused);
    expect(await linked(attacker)).toEqual([]);
  });

  it('is not linked twice: it goes on opening the account of the first', async () => {
    const identity = { subject: 'victim-of-blue', email: VICTIM, isEmailVerified: true };
    expect((await linkIdentity(victim, 'blue', world.blue, identity)).status).toBe(204);
    const claimed = { ...identity, email: ATTACKER };
    expect(await linkIdentity(attacker, 'blue', world.blue, claimed)).toMatchObject({
      status: 409,
      body: { code: 'openid-already-linked' },
    });
    expect(await signInBy('victim-of-blue', ATTACKER)).toEqual([200, 'signed-in']);
    expect([await linked(victim), await linked(attacker)]).toEqual([['blue'], []]);
  });
});

describe('an attempt to link', () => {
  const start = async (client: TestClient) =>
    (await client.post<StartedAttempt>(`${IDENTITIES}/green/start`, {})).body;

  it('is not finished in another session, not even with the address of its account', async () => {
    const begun = await start(attacker);
    const identity = { subject: 'trojan', email: VICTIM, isEmailVerified: true };
    const answer = await world.green.signIn(begun.authorizationUrl, identity);
    const body = { transaction: begun.transaction, ...answer };
    expect(await victim.post(`${IDENTITIES}/green/finish`, body)).toMatchObject({
      status: 401,
      body: { code: 'openid-transaction-refused' },
    });
    expect(await linked(victim)).toEqual(['blue']);
  });

  it('signs nobody in, and an attempt to sign in links nothing', async () => {
    const begun = await start(victim);
    const identity = { subject: 'crossed', email: VICTIM, isEmailVerified: true };
    const answer = await world.green.signIn(begun.authorizationUrl, identity);
    const crossed = await Attempt.begin(world.nobody, 'green');
    expect((await crossed.finish(answer, { transaction: begun.transaction })).body.code).toBe(
      'openid-transaction-refused',
    );
    const attempt = await Attempt.begin(world.nobody, 'green');
    const back = await world.green.signIn(attempt.started.authorizationUrl, identity);
    const body = { transaction: attempt.started.transaction, ...back };
    expect(await victim.post(`${IDENTITIES}/green/finish`, body)).toMatchObject({
      body: { code: 'openid-transaction-refused' },
    });
    expect(await linked(victim)).toEqual(['blue']);
  });

  it('needs a proof of these minutes, at its start, at its end, and to remove what is linked', async () => {
    const changing = (await endpointsOf(world.running.platform)).filter(
      ({ path, method }) => path.startsWith(IDENTITIES) && method !== 'GET',
    );
    expect(changing.map(({ recentProof }) => recentProof)).toEqual([true, true, true]);
  });
});
