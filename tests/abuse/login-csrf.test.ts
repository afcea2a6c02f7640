// The attacker wants the victim to work in the attacker's account without noticing (and to type a patient's history into it), or wants a
// code of the victim, taken from a log or a history, to open the victim's account in the attacker's browser. They begin in one
// browser and let another end it: by a prepared link with their own code and state, by everything they know of the attempt, or with
// a code that was issued to somebody else. Whoever did not begin an attempt cannot end it.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestClient } from '../../apps/server/test-harness/index.ts';
import {
  Attempt,
  linkIdentity,
  type OpenidWorld,
  openOpenidWorld,
} from '../../apps/server/test-harness/openid-world.ts';

const FINISH = '/api/v1/auth/providers/blue/finish';
const identityOf = (name: string) => ({ subject: name, email: `${name}@example.org`, isEmailVerified: true });

let world: OpenidWorld;
beforeAll(async () => {
  world = await openOpenidWorld();
  for (const name of ['attacker', 'victim']) {
    const self = await world.person(`${name}@example.org`);
    expect((await linkIdentity(self, 'blue', world.blue, identityOf(name))).status).toBe(204);
  }
});
afterAll(() => world.stop());

/** An attempt that has come as far as the way back, with everything that its owner knows. */
async function onTheWayBack(client: TestClient, name: string) {
  const attempt = await Attempt.begin(client, 'blue');
  const answer = await world.blue.signIn(attempt.started.authorizationUrl, identityOf(name));
  return { attempt, answer, known: { transaction: attempt.started.transaction, ...answer } };
}

describe('an attempt that the attacker began', () => {
  it('is not ended by a browser that has no cookie of it', async () => {
    const { known } = await onTheWayBack(world.nobody, 'attacker');
    expect(await world.nobody.post(FINISH, known)).toMatchObject({
      status: 401,
      body: { code: 'openid-transaction-refused' },
    });
  });

  it('is not ended by a browser that has begun an attempt of its own', async () => {
    const { answer, known } = await onTheWayBack(world.nobody, 'attacker');
    const victim = await Attempt.begin(world.nobody, 'blue');
    // A prepared link: the page adds the secret of its own attempt.
    expect((await victim.finish(answer)).body.code).toBe('openid-answer-refused');
    const other = await Attempt.begin(world.nobody, 'blue');
    expect((await other.finish(answer, known)).body.code).toBe('openid-transaction-refused');
  });

  it('is not ended under a cookie of the same name that was planted or repeated', async () => {
    const { known } = await onTheWayBack(world.nobody, 'attacker');
    for (const cookie of [
      '__Host-careward-openid=planted',
      '__Host-careward-openid=a; __Host-careward-openid=b',
      '__Host-careward-openid=',
    ])
      expect((await world.nobody.with({ cookie }).post(FINISH, known)).status, cookie).toBe(401);
  });

  it('gives a cookie that no script, no foreign page and no other host can use', async () => {
    const { headers } = await world.nobody.post('/api/v1/auth/providers/blue/start', {});
    const [cookie = '', ...more] = headers['set-cookie'] ?? [];
    expect(more).toEqual([]);
    expect(cookie).toMatch(
      /^__Host-careward-openid=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
    );
  });

  it('is ended by the key that began it and no other', async () => {
    const holder = world.nobody.bound();
    const { known } = await onTheWayBack(holder, 'attacker');
    expect((await world.nobody.bound().post(FINISH, known)).status).toBe(401);
    const second = await onTheWayBack(holder, 'attacker');
    const cookie = `__Host-careward-openid=${randomUUID()}`;
    expect((await world.nobody.with({ cookie }).post(FINISH, second.known)).status).toBe(401);
    const third = await onTheWayBack(holder, 'attacker');
    expect((await third.attempt.finish(third.answer)).status).toBe(200);
  });
});

describe('a code of the victim', () => {
  it('does not open their account in an attempt of the attacker', async () => {
    const { answer } = await onTheWayBack(world.nobody, 'victim');
    const attacker = await Attempt.begin(world.nobody, 'blue');
    const state = new URL(attacker.started.authorizationUrl).searchParams.get('state') ?? '';
    const injected = await attacker.finish({ ...answer, state });
    expect([injected.status, injected.body.code]).toEqual([401, 'openid-answer-refused']);
  });

  it('opens their account once, where it was asked for', async () => {
    const { attempt, answer } = await onTheWayBack(world.nobody, 'victim');
    expect((await attempt.finish(answer)).body.status).toBe('signed-in');
    expect((await attempt.finish(answer)).body.code).toBe('openid-transaction-refused');
  });
});

describe('what is kept of an attempt', () => {
  it('is not enough to end it: neither its secret nor what is derived from it', async () => {
    const kept: string[] = [];
    const { identity } = world.running.platform.stores;
    const { keep, once } = identity;
    identity.keep = (name, value, livesMs) => {
      kept.push(name, value);
      return keep.call(identity, name, value, livesMs);
    };
    identity.once = (name, livesMs) => {
      kept.push(name);
      return once.call(identity, name, livesMs);
    };
    const { attempt, answer } = await onTheWayBack(world.nobody, 'victim');
    expect(kept).toEqual([]);
    expect((await attempt.finish(answer)).status).toBe(200);
    Object.assign(identity, { keep, once });
    const { searchParams } = new URL(attempt.started.authorizationUrl);
    const secrets = [attempt.started.transaction, searchParams.get('state'), searchParams.get('nonce')];
    expect(kept.length).toBeGreaterThan(0);
    for (const secret of secrets) expect(kept.join()).not.toContain(secret);
  });
});
