import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { honestToken } from '../../../test-harness/forging-provider.ts';
import { TEST_PASSWORD } from '../../../test-harness/index.ts';
import {
  Attempt,
  linkIdentity,
  type OpenidWorld,
  openOpenidWorld,
} from '../../../test-harness/openid-world.ts';
import { systemContext } from '../../platform/index.ts';

let world: OpenidWorld;
beforeAll(async () => {
  world = await openOpenidWorld();
});
afterAll(() => world.stop());
afterEach(() => {
  world.forger.forgery = {};
});

const identityOf = (email: string, subject = email) => ({ subject, email, isEmailVerified: true });
const IDENTITIES = '/api/v1/users/me/identities';

describe('signing in by another provider', () => {
  it('names the providers, and nothing of their settings', async () => {
    const { status, body } = await world.nobody.get('/api/v1/auth/providers');
    expect([status, body]).toEqual([
      200,
      {
        items: [
          { id: 'blue', name: 'Sign in by blue' },
          { id: 'green', name: 'Sign in by green' },
          { id: 'forger', name: 'Sign in by forger' },
        ],
      },
    ]);
  });

  it.each(['blue', 'green'] as const)('signs in whoever has linked their identity of %s', async (id) => {
    const email = `ada-${id}@example.org`;
    const self = await world.person(email);
    expect((await linkIdentity(self, id, world[id], identityOf(email))).status).toBe(204);
    const listed = await self.get<{ items: object[] }>(IDENTITIES);
    expect(listed.body.items).toEqual([
      { provider: id, name: `Sign in by ${id}`, linkedAt: expect.any(String) },
    ]);
    for (const client of [world.nobody, world.nobody.bound()]) {
      const attempt = await Attempt.begin(client, id);
      const answer = await world[id].signIn(attempt.started.authorizationUrl, identityOf(email));
      const { status, body } = await attempt.finish(answer);
      expect([status, body.status]).toEqual([200, 'signed-in']);
      const me = await client
        .showing(body.accessToken ?? '')
        .get<{ account: { email: string } }>('/api/v1/users/me');
      expect([me.status, me.body.account.email]).toEqual([200, email]);
    }
  });

  it('gives a browser its tokens as cookies only, and takes the cookie of the attempt away', async () => {
    const email = 'browser@example.org';
    await linkIdentity(await world.person(email), 'blue', world.blue, identityOf(email));
    const browser = world.nobody.with({ 'x-careward-client': 'browser' });
    const attempt = await Attempt.begin(browser, 'blue');
    const answer = await world.blue.signIn(attempt.started.authorizationUrl, identityOf(email));
    const { status, body, headers } = await attempt.finish(answer);
    expect([status, body.accessToken]).toEqual([200, undefined]);
    const cookies = headers['set-cookie'] ?? [];
    expect(cookies.some((cookie) => cookie.startsWith('__Host-careward-access='))).toBe(true);
    expect(cookies.find((cookie) => cookie.startsWith('__Host-careward-openid='))).toMatch(/Max-Age=0/);
    for (const cookie of cookies) expect(cookie).toMatch(/HttpOnly; Secure; SameSite=Strict/);
  });

  it('answers an identity that is not linked alike, whether its address has an account or not', async () => {
    await world.person('known@example.org');
    const answers = [];
    for (const email of ['known@example.org', 'unknown@example.org']) {
      const attempt = await Attempt.begin(world.nobody, 'blue');
      const back = await world.blue.signIn(attempt.started.authorizationUrl, identityOf(email));
      const { status, body } = await attempt.finish(back);
      answers.push([status, body.code]);
    }
    expect(answers).toEqual([
      [401, 'openid-not-linked'],
      [401, 'openid-not-linked'],
    ]);
  });

  it('knows no provider that is not listed', async () => {
    const { status, body } = await world.nobody.post('/api/v1/auth/providers/red/start', {});
    expect([status, body.code]).toEqual([404, 'openid-provider-unknown']);
  });

  it('says so when the provider is down, and works again without a restart', async () => {
    world.forger.forgery = { atToken: (_request, response) => void response.writeHead(502).end() };
    const attempt = await Attempt.begin(world.nobody, 'forger');
    const { searchParams } = new URL(attempt.started.authorizationUrl);
    const state = searchParams.get('state') ?? '';
    const down = await attempt.finish({ code: 'any', state, iss: world.forger.issuer });
    expect([down.status, down.body.code]).toEqual([503, 'openid-provider-unavailable']);
  });
});

describe('an answer', () => {
  async function forged(changes: object = {}, claims: object = {}) {
    const attempt = await Attempt.begin(world.nobody, 'forger');
    const { searchParams } = new URL(attempt.started.authorizationUrl);
    world.forger.nonce = searchParams.get('nonce') ?? '';
    world.forger.forgery = { idToken: (honest) => honestToken({ ...honest, ...claims }) };
    const answer = { code: 'any', state: searchParams.get('state') ?? '', iss: world.forger.issuer };
    const { status, body } = await attempt.finish(answer, changes);
    return { outcome: [status, body.code], attempt, answer };
  }
  const refused = [401, 'openid-answer-refused'];

  it('is taken once', async () => {
    const { outcome, attempt, answer } = await forged();
    expect(outcome).toEqual([401, 'openid-not-linked']);
    const again = await attempt.finish(answer);
    expect([again.status, again.body.code]).toEqual([401, 'openid-transaction-refused']);
  });

  it('needs the state, issuer and nonce of its attempt; a wrong one uses the attempt up', async () => {
    const { outcome, attempt, answer } = await forged({ state: 'another' });
    expect(outcome).toEqual(refused);
    expect((await attempt.finish(answer)).body.code).toBe('openid-transaction-refused');
    expect((await forged({ iss: world.blue.issuer })).outcome).toEqual(refused);
    expect((await forged({}, { nonce: 'another' })).outcome).toEqual(refused);
  });

  it('belongs to the secret of its attempt', async () => {
    const { outcome } = await forged({ transaction: 'A'.repeat(74) });
    expect(outcome).toEqual([401, 'openid-transaction-refused']);
  });
});

describe('linking', () => {
  it('needs a verified address that is the own one, in whatever case', async () => {
    const self = await world.person('mixed.case@example.org');
    const link = async (email: string, isEmailVerified: boolean) => {
      const person = { subject: `of-${email}-${isEmailVerified}`, email, isEmailVerified };
      const { status, body } = await linkIdentity(self, 'green', world.green, person);
      return [status, (body as { code?: string } | undefined)?.code];
    };
    expect(await link('mixed.case@example.org', false)).toEqual([403, 'openid-link-refused']);
    expect(await link('somebody.else@example.org', true)).toEqual([403, 'openid-link-refused']);
    expect(await link('Mixed.Case@Example.ORG', true)).toEqual([204, undefined]);
  });

  it('gives an identity to one account, tells its person, and can be undone while another way is left', async () => {
    const email = 'linked@example.org';
    const self = await world.person(email);
    expect((await linkIdentity(self, 'blue', world.blue, identityOf(email))).status).toBe(204);
    const again = await linkIdentity(self, 'blue', world.blue, identityOf(email));
    expect(again).toMatchObject({ status: 409, body: { code: 'openid-already-linked' } });
    expect((await self.call('DELETE', `${IDENTITIES}/blue`)).status).toBe(204);
    expect((await self.call('DELETE', `${IDENTITIES}/blue`)).body).toMatchObject({
      code: 'openid-identity-not-found',
    });
    const attempt = await Attempt.begin(world.nobody, 'blue');
    const back = await world.blue.signIn(attempt.started.authorizationUrl, identityOf(email));
    expect((await attempt.finish(back)).body.code).toBe('openid-not-linked');
    const mails = [await world.mailbox.next(email), await world.mailbox.next(email)];
    expect(mails.map(({ subject }) => subject).join()).not.toContain('undefined');
  });

  it('needs somebody who is signed in', async () => {
    for (const [method, path] of [
      ['GET', IDENTITIES],
      ['POST', `${IDENTITIES}/blue/start`],
      ['POST', `${IDENTITIES}/blue/finish`],
      ['DELETE', `${IDENTITIES}/blue`],
    ] as const)
      expect((await world.nobody.call(method, path, method === 'POST' ? {} : undefined)).status, path).toBe(
        401,
      );
  });
});

describe('the second factor', () => {
  it('is asked for where the role needs one, unless the provider proves one and is trusted for it', async () => {
    const strict = await openOpenidWorld({ CAREWARD_SECOND_FACTOR_ROLES: 'DOCTOR' });
    try {
      await strict.person('patient@example.org');
      const signIn = async (amr: readonly string[]) => {
        const attempt = await Attempt.begin(strict.nobody, 'forger');
        const { searchParams } = new URL(attempt.started.authorizationUrl);
        strict.forger.nonce = searchParams.get('nonce') ?? '';
        strict.forger.forgery = { idToken: (claims) => honestToken({ ...claims, amr }) };
        const state = searchParams.get('state') ?? '';
        return (await attempt.finish({ code: 'any', state, iss: strict.forger.issuer })).body.status;
      };
      await linkTo(strict, 'doctor@example.org');
      expect(await signIn(['pwd'])).toBe('enrolment-required');
      expect(await signIn(['pwd', 'mfa'])).toBe('signed-in');
    } finally {
      await strict.stop();
    }
  });

  /** The forger's one subject opens the account of a doctor, who cannot sign in by password alone to link it. */
  async function linkTo(strict: OpenidWorld, email: string): Promise<void> {
    await strict.person(email, ['DOCTOR']).catch(() => undefined);
    const made = await strict.nobody.post('/api/v1/auth/sign-in', { email, password: TEST_PASSWORD });
    expect(made.body).toMatchObject({ status: 'enrolment-required' });
    const { database } = strict.running.platform;
    const identity = database.forIdentity(systemContext());
    const [account] = await identity.run(
      identity.build
        .selectFrom('account')
        .select('id')
        .where(
          'email_index',
          '=',
          (await strict.running.platform.encryption.forPlatform()).emailIndex(email),
        ),
    );
    await identity.run(
      identity.build.insertInto('external_identity').values({
        issuer: strict.forger.issuer,
        subject: 'forged-subject',
        account_id: account?.id ?? '',
      }),
    );
  }
});
