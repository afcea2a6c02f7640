import { createHash } from 'node:crypto';
import { Secret, systemClock } from '@careward/kernel';
import { FakeClock } from '@careward/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type Forgery,
  type ForgingProvider,
  foreignToken,
  honestToken,
  publishedKey,
  startForgingProvider,
  symmetricToken,
  unsignedToken,
} from '../../../test-harness/forging-provider.ts';
import { startOpenidProvider, type TestOpenidProvider } from '../../../test-harness/openid-provider.ts';
import type { OpenidProviderSettings } from '../../config/index.ts';
import { type AuthorizationSecrets, type OpenidEnvironment, OpenidProvider } from './openid-provider.ts';

const REDIRECT = 'https://localhost:8443/sign-in/callback';
const SECRETS: AuthorizationSecrets = {
  state: 'state-of-the-attempt',
  nonce: 'nonce-of-the-attempt',
  codeVerifier: 'v'.repeat(43),
};
const PERSON = { subject: 'ada', email: 'ada@example.org', isEmailVerified: true };

type Client = Pick<ForgingProvider, 'issuer' | 'clientId' | 'clientSecret'>;

function providerOf(
  { issuer, clientId, clientSecret }: Client,
  settings: Partial<OpenidProviderSettings> = {},
  environment: Partial<OpenidEnvironment> = {},
): OpenidProvider {
  const entry = {
    ...{ id: 'test', name: 'Test', issuer, clientId, clientSecret: Secret.of(clientSecret) },
    ...{ scopes: ['openid', 'email'], acrValues: [], privateRanges: [] },
    secondFactor: { acr: [], amr: [] },
    ...settings,
  };
  const around = { redirectUri: REDIRECT, isProduction: false, clock: systemClock, timeoutMs: 5_000 };
  return new OpenidProvider(entry, { ...around, ...environment });
}

describe('a real provider', () => {
  const running: TestOpenidProvider[] = [];
  let real: TestOpenidProvider;
  let open: TestOpenidProvider;
  beforeAll(async () => {
    real = await startOpenidProvider({ redirectUri: REDIRECT });
    open = await startOpenidProvider({ redirectUri: REDIRECT, claimsInIdToken: true });
    running.push(real, open);
  });
  afterAll(() => Promise.all(running.map((one) => one.stop())));

  it('is asked with state, nonce and the S256 challenge, and never with the verifier', async () => {
    const url = new URL(await providerOf(real, { acrValues: ['phr', 'mfa'] }).authorizationUrl(SECRETS));
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: real.clientId,
      redirect_uri: REDIRECT,
      response_type: 'code',
      scope: 'openid email',
      state: SECRETS.state,
      nonce: SECRETS.nonce,
      code_challenge: createHash('sha256').update(SECRETS.codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
      acr_values: 'phr mfa',
    });
  });

  it('says who the person is', async () => {
    const provider = providerOf(real);
    const answer = await real.signIn(await provider.authorizationUrl(SECRETS), PERSON);
    expect(answer.iss).toBe(real.issuer);
    expect(await provider.identify(answer, SECRETS)).toEqual({
      issuer: real.issuer,
      subject: 'ada',
      verifiedEmail: undefined,
      hasSecondFactor: false,
    });
  });

  it.each([true, false])(
    'tells the address when it has verified it, in the ID token or besides: %s',
    async (inToken) => {
      const at = inToken ? open : real;
      const provider = providerOf(at);
      const tell = async (person: typeof PERSON) => {
        const answer = await at.signIn(await provider.authorizationUrl(SECRETS), person);
        return (await provider.identifyWithEmail(answer, SECRETS)).verifiedEmail;
      };
      expect(await tell(PERSON)).toBe('ada@example.org');
      expect(await tell({ ...PERSON, isEmailVerified: false })).toBeUndefined();
    },
  );

  it('takes no code twice, and none without its verifier', async () => {
    const provider = providerOf(real);
    const answer = await real.signIn(await provider.authorizationUrl(SECRETS), PERSON);
    await expect(provider.identify(answer, { ...SECRETS, codeVerifier: 'w'.repeat(43) })).rejects.toThrow(
      expect.objectContaining({ code: 'openid-answer-refused' }),
    );
    const second = await real.signIn(await provider.authorizationUrl(SECRETS), PERSON);
    await provider.identify(second, SECRETS);
    await expect(provider.identify(second, SECRETS)).rejects.toMatchObject({ code: 'openid-answer-refused' });
  });

  it('is not believed for another attempt, or with the answer of another provider', async () => {
    const provider = providerOf(real);
    const url = await provider.authorizationUrl(SECRETS);
    const refused = { code: 'openid-answer-refused' };
    const identify = async (change: object, secrets: AuthorizationSecrets = SECRETS) =>
      provider.identify({ ...(await real.signIn(url, PERSON)), ...change }, secrets);
    await expect(identify({ state: 'another' })).rejects.toMatchObject(refused);
    await expect(identify({ iss: open.issuer })).rejects.toMatchObject(refused);
    await expect(identify({ iss: undefined })).rejects.toMatchObject(refused);
    await expect(identify({}, { ...SECRETS, nonce: 'another' })).rejects.toMatchObject(refused);
    expect((await identify({})).subject).toBe('ada');
  });
});

describe('a forged answer', () => {
  const running: ForgingProvider[] = [];
  afterEach(async () => {
    for (const forger of running.splice(0)) await forger.stop();
  });

  async function forge(forgery: Forgery, settings: Partial<OpenidProviderSettings> = {}) {
    const forger = await startForgingProvider(forgery);
    running.push(forger);
    forger.nonce = SECRETS.nonce;
    const provider = providerOf(forger, settings);
    const answer = { code: 'any', state: SECRETS.state, iss: forger.issuer };
    return { forger, provider, identify: () => provider.identify(answer, SECRETS) };
  }

  it('is believed as long as nothing is forged', async () => {
    const { identify } = await forge({});
    expect((await identify()).subject).toBe('forged-subject');
  });

  const now = () => Math.floor(Date.now() / 1_000);
  const changed = (change: object) => (claims: object) => honestToken({ ...claims, ...change });
  const secret = 'a-secret-of-the-client-that-is-long-enough';
  it.each<[string, NonNullable<Forgery['idToken']>]>([
    ['no signature', unsignedToken],
    ['HS256 under the secret of the client', (claims) => symmetricToken(claims, secret)],
    ['HS256 under the published key', (claims) => symmetricToken(claims, publishedKey())],
    ['the key of somebody else', foreignToken],
    ['another audience', changed({ aud: 'somebody-else' })],
    ['more audiences without an authorised party', changed({ aud: ['careward', 'somebody-else'] })],
    ['another authorised party', changed({ aud: ['careward', 'somebody-else'], azp: 'somebody-else' })],
    ['another issuer', changed({ iss: 'https://accounts.example.org' })],
    ['an expired token', changed({ iat: now() - 7_200, exp: now() - 3_600 })],
    ['another nonce', changed({ nonce: 'of another attempt' })],
    ['no nonce', changed({ nonce: undefined })],
    ['no subject', changed({ sub: undefined })],
    ['a subject that is too long', changed({ sub: 's'.repeat(256) })],
    ['a subject with controls', changed({ sub: 'ada\0' })],
    ['an altered payload', (claims) => altered(honestToken(claims))],
    ['no token', () => ''],
  ])('with %s is refused', async (_name, idToken) => {
    const { identify } = await forge({ idToken });
    await expect(identify()).rejects.toMatchObject({ code: 'openid-answer-refused' });
  });

  it('carries nothing of the token or its claims in its error', async () => {
    const { identify } = await forge({ idToken: changed({ aud: 'x', email: 'ada@example.org' }) });
    const error = await identify().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'openid-answer-refused' });
    expect((error as Error).cause).toBeUndefined();
    expect(JSON.stringify(error) + String((error as { detail?: string }).detail)).not.toContain(
      'example.org',
    );
  });

  it('counts as a second factor only where the operator trusts the provider for it', async () => {
    const idToken = changed({ amr: ['pwd', 'otp'], acr: 'phr' });
    const trusting = async (secondFactor: OpenidProviderSettings['secondFactor']) =>
      (await (await forge({ idToken }, { secondFactor })).identify()).hasSecondFactor;
    expect(await trusting({ acr: [], amr: [] })).toBe(false);
    expect(await trusting({ acr: ['other'], amr: ['hwk'] })).toBe(false);
    expect(await trusting({ acr: [], amr: ['otp'] })).toBe(true);
    expect(await trusting({ acr: ['phr'], amr: [] })).toBe(true);
  });
});

describe('a provider that does not answer as it should', () => {
  const running: ForgingProvider[] = [];
  afterEach(async () => {
    for (const forger of running.splice(0)) await forger.stop();
  });
  async function forger(forgery: Forgery): Promise<ForgingProvider> {
    const started = await startForgingProvider(forgery);
    running.push(started);
    return started;
  }
  const unavailable = { code: 'openid-provider-unavailable', category: 'unavailable' };

  it('is unavailable: nobody there, an error, a redirect, another issuer, no usable signature', async () => {
    const absent = { issuer: 'http://127.0.0.1:1', clientId: 'careward', clientSecret: 'long-enough' };
    await expect(providerOf(absent).authorizationUrl(SECRETS)).rejects.toMatchObject(unavailable);
    for (const forgery of [
      { atDocument: (_request, response) => void response.writeHead(500).end() },
      { atDocument: (_request, response) => void response.writeHead(302, { location: '/jwks' }).end() },
      { atDocument: (_request, response) => void response.end('{') },
      { document: { issuer: 'https://accounts.example.org' } },
      { document: { id_token_signing_alg_values_supported: ['none', 'HS256'] } },
      { document: { authorization_endpoint: 'javascript:alert(1)' } },
    ] satisfies Forgery[]) {
      const provider = providerOf(await forger(forgery));
      await expect(provider.authorizationUrl(SECRETS), JSON.stringify(forgery)).rejects.toMatchObject(
        unavailable,
      );
    }
  });

  it('has to write its issuer letter by letter as it is configured', async () => {
    const almost = await forger({});
    almost.forgery = { document: { issuer: `${almost.issuer}/` } };
    await expect(providerOf(almost).authorizationUrl(SECRETS)).rejects.toMatchObject(unavailable);
  });

  it('is given up in the time that it has, whether it says nothing or never ends', async () => {
    const silent = await forger({ atDocument: () => undefined });
    const endless = await forger({
      atToken: (_request, response) => void response.writeHead(200).write(' '),
    });
    const limits = { timeoutMs: 300 };
    await expect(providerOf(silent, {}, limits).authorizationUrl(SECRETS)).rejects.toMatchObject(unavailable);
    const answer = { code: 'any', state: SECRETS.state, iss: endless.issuer };
    await expect(providerOf(endless, {}, limits).identify(answer, SECRETS)).rejects.toMatchObject(
      unavailable,
    );
  });

  it('is not read beyond half a megabyte', async () => {
    const long = await forger({ document: { padding: 'x'.repeat(600_000) } });
    await expect(providerOf(long).authorizationUrl(SECRETS)).rejects.toMatchObject(unavailable);
  });

  it('is asked once for its document however many wait, again after an hour, and not at once after a failure', async () => {
    const clock = new FakeClock();
    const honest = await forger({});
    const documents = () => honest.requests.filter(({ path }) => path.startsWith('/.well-known')).length;
    const provider = providerOf(honest, {}, { clock });
    await Promise.all(Array.from({ length: 10 }, () => provider.authorizationUrl(SECRETS)));
    expect(documents()).toBe(1);
    clock.advance(3_600_000);
    honest.forgery = { atDocument: (_request, response) => void response.writeHead(503).end() };
    await expect(provider.authorizationUrl(SECRETS)).rejects.toMatchObject(unavailable);
    await expect(provider.authorizationUrl(SECRETS)).rejects.toMatchObject(unavailable);
    expect(documents()).toBe(2);
    honest.forgery = {};
    clock.advance(5_000);
    await provider.authorizationUrl(SECRETS);
    expect(documents()).toBe(3);
  });

  it('in production is not looked for on this machine or in a private network that is not listed', async () => {
    const aimed = await forger({});
    const at = (issuer: string, privateRanges: string[]) =>
      providerOf({ ...aimed, issuer }, { privateRanges }, { isProduction: true }).authorizationUrl(SECRETS);
    const port = new URL(aimed.issuer).port;
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433'])
      await expect(at(`https://${host}:${port}`, []), host).rejects.toMatchObject({
        ...unavailable,
        detail: 'is at an address that is not public and not listed',
      });
    await expect(at(aimed.issuer, ['127.0.0.0/8'])).rejects.toMatchObject({
      detail: 'OAUTH_HTTP_REQUEST_FORBIDDEN',
    });
    await expect(at('https://10.1.2.3', [])).rejects.toMatchObject({
      detail: expect.stringContaining('not public'),
    });
    // Listed: the connection is made, and fails because no TLS is spoken there.
    const listed = await at(`https://127.0.0.1:${port}`, ['127.0.0.0/8']).catch((error: unknown) => error);
    expect(listed).toMatchObject({ ...unavailable, detail: expect.stringMatching(/SSL|EPROTO|ECONNRESET/) });
    expect(aimed.requests).toEqual([]);
  });

  it('does not lead the server elsewhere by its own document', async () => {
    const victim = await forger({});
    const liar = await forger({
      document: { token_endpoint: 'http://169.254.169.254/latest', jwks_uri: `${victim.issuer}/x` },
    });
    liar.nonce = SECRETS.nonce;
    const answer = { code: 'any', state: SECRETS.state, iss: liar.issuer };
    await expect(providerOf(liar).identify(answer, SECRETS)).rejects.toMatchObject(unavailable);
  });
});

function altered(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
  const other = Buffer.from(JSON.stringify({ ...claims, sub: 'somebody-else' })).toString('base64url');
  return [header, other, signature].join('.');
}
