// The attacker runs one of the identity providers that the operator has listed (or has broken into it) and wants to be somebody of another
// one. They answer an attempt begun at themselves with what the honest provider issued, hand their own answers in as the honest one's,
// let the honest provider's code be sent to their token endpoint, or write ID tokens in the honest provider's name (RFC 9700, 4.4; RFC 9207).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { honestToken } from '../../apps/server/test-harness/forging-provider.ts';
import {
  Attempt,
  linkIdentity,
  type OpenidWorld,
  openOpenidWorld,
} from '../../apps/server/test-harness/openid-world.ts';

const VICTIM = { subject: 'victim', email: 'victim@example.org', isEmailVerified: true };

let world: OpenidWorld;
beforeAll(async () => {
  world = await openOpenidWorld();
  const victim = await world.person(VICTIM.email);
  for (const id of ['blue', 'green'] as const)
    expect((await linkIdentity(victim, id, world[id], VICTIM)).status).toBe(204);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.forger.forgery = {};
  world.forger.requests.length = 0;
});

const atForger = async () => {
  const attempt = await Attempt.begin(world.nobody, 'forger');
  const { searchParams } = new URL(attempt.started.authorizationUrl);
  const [state, nonce] = [searchParams.get('state') ?? '', searchParams.get('nonce') ?? ''];
  world.forger.nonce = nonce;
  return { attempt, state, searchParams };
};
const codeOf = async (answer: Promise<{ status: number; body: { code?: string } }>) =>
  (await answer).body.code;

describe('an answer of the honest provider', () => {
  it('does not end an attempt that was begun at another, nor one of the other its own', async () => {
    const blue = await Attempt.begin(world.nobody, 'blue');
    const answer = await world.blue.signIn(blue.started.authorizationUrl, VICTIM);
    expect(await codeOf(blue.finish(answer, {}, 'green'))).toBe('openid-transaction-refused');
    const green = await Attempt.begin(world.nobody, 'green');
    expect(await codeOf(green.finish(answer))).toBe('openid-answer-refused');
  });

  it('never reaches the token endpoint of the attacker, whose attempt it was made for', async () => {
    const { attempt, searchParams } = await atForger();
    // The attacker forwards the victim to the honest provider, with everything of the attempt but the client.
    const honest = await Attempt.begin(world.nobody, 'blue');
    const forwarded = new URL(honest.started.authorizationUrl);
    for (const name of ['state', 'nonce', 'code_challenge'])
      forwarded.searchParams.set(name, searchParams.get(name) ?? '');
    const answer = await world.blue.signIn(forwarded.href, VICTIM);
    expect(answer.iss).toBe(world.blue.issuer);
    expect(await codeOf(attempt.finish(answer))).toBe('openid-answer-refused');
    expect(world.forger.requests.filter(({ path }) => path === '/token')).toEqual([]);
  });

  it('is refused without its issuer, where the provider promises to name it', async () => {
    const attempt = await Attempt.begin(world.nobody, 'blue');
    const { iss: _left, ...answer } = await world.blue.signIn(attempt.started.authorizationUrl, VICTIM);
    expect(await codeOf(attempt.finish(answer))).toBe('openid-answer-refused');
  });
});

describe('an answer of the attacker', () => {
  it('is not taken for one of the honest provider', async () => {
    const { attempt, state } = await atForger();
    const answer = { code: 'any', state, iss: world.forger.issuer };
    expect(await codeOf(attempt.finish(answer, {}, 'blue'))).toBe('openid-transaction-refused');
  });

  it.each(['iss', 'sub and iss'])('opens nobody of another provider by what it writes: %s', async (what) => {
    const { attempt, state } = await atForger();
    const claims = { iss: world.blue.issuer, ...(what !== 'iss' && { sub: VICTIM.subject }) };
    world.forger.forgery = { idToken: (honest) => honestToken({ ...honest, ...claims }) };
    expect(await codeOf(attempt.finish({ code: 'any', state, iss: world.forger.issuer }))).toBe(
      'openid-answer-refused',
    );
  });

  it('opens nobody of another provider by the same subject', async () => {
    const { attempt, state } = await atForger();
    world.forger.forgery = { idToken: (honest) => honestToken({ ...honest, sub: VICTIM.subject }) };
    expect(await codeOf(attempt.finish({ code: 'any', state, iss: world.forger.issuer }))).toBe(
      'openid-not-linked',
    );
  });

  it('gets its own secret of the client and no other', async () => {
    const { attempt, state } = await atForger();
    await attempt.finish({ code: 'any', state, iss: world.forger.issuer });
    const sent = world.forger.requests.filter(({ path }) => path === '/token').map(({ body }) => body);
    expect(sent).toHaveLength(1);
    expect(sent.join()).not.toContain(encodeURIComponent(world.blue.clientSecret));
  });
});
