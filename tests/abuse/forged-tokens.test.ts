// The attacker reads the token format, knows every id and the public key, and writes tokens: without a signature, signed with the
// public key as if it were a shared secret, signed with a key of their own that the header brings along or points to, with another
// type, audience or issuer, expired, in another spelling. Not one of them is a token; all get the same answer.
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoClinics } from '../../apps/server/test-harness/index.ts';
import { emailOf, type SignedIn, signIn } from '../e2e/world/people.ts';
import { Wire } from '../e2e/world/wire.ts';

type Part = Record<string, unknown>;

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let wire: Wire;
let doctor: SignedIn;
const stranger = generateKeyPairSync('ed25519');
beforeAll(async () => {
  server = await startTwoClinics();
  wire = new Wire(server.running);
  doctor = await signIn(wire, emailOf('DOCTOR', 'north'));
});
afterAll(async () => {
  wire.close();
  await server.stop();
});

const FORGERIES: Readonly<Record<string, () => string>> = {
  'alg none': () => forge({ alg: 'none' }, {}, () => ''),
  'alg NONE with the old signature': () => forge({ alg: 'NONE' }, {}, () => partsOf(doctor)[2] ?? ''),
  'HS256 with the public key (PEM)': () => forge({ alg: 'HS256' }, {}, (text) => hmac(text, publicPem())),
  'HS256 with the public key (raw)': () => forge({ alg: 'HS256' }, {}, (text) => hmac(text, publicRaw())),
  'HS256 with an empty secret': () => forge({ alg: 'HS256' }, {}, (text) => hmac(text, '')),
  'a key of the attacker': () => forge({}, {}, own),
  'a key in the header': () => forge({ jwk: stranger.publicKey.export({ format: 'jwk' }) }, {}, own),
  'a key at an address': () => forge({ jku: 'https://attacker.example.org/keys' }, {}, own),
  'a key id that walks': () => forge({ kid: '../../../dev/null' }, {}, (text) => hmac(text, '')),
  'a critical extension': () => forge({ crit: ['b64'], b64: false }, {}, genuine),
  'a detached type': () => forge({ typ: 'JWT' }, {}, genuine),
  'somebody else’s account': () => altered({ sub: '00000000-0000-7000-8000-000000000000' }),
  'another role in the token': () => altered({ roles: ['SUPER_ADMIN'], platformRole: 'SUPER_ADMIN' }),
  'a longer life': () => altered({ exp: 4_102_444_800 }),
  'another issuer, genuinely signed': () => forge({}, { iss: 'attacker' }, genuine),
  'another audience, genuinely signed': () => forge({}, { aud: 'somebody-else' }, genuine),
  'a list of audiences, genuinely signed': () => forge({}, { aud: ['healthcare-users'] }, genuine),
  'expired, genuinely signed': () => forge({}, { iat: 1, exp: 2 }, genuine),
  'from the future, genuinely signed': () => forge({}, { iat: 4_102_444_000, exp: 4_102_444_800 }, genuine),
  'more claims than are issued, genuinely signed': () => forge({}, { admin: true }, genuine),
  'a signature in another spelling': () => `${doctor.accessToken}=`,
  'a fourth part': () => `${doctor.accessToken}.x`,
  'a refresh token': () => doctor.refreshToken,
  'only dots': () => '..',
};

describe('a token that the server has not issued', () => {
  it.each(Object.entries(FORGERIES))('is refused: %s', async (_name, token) => {
    const answer = await me(['authorization', `Bearer ${token()}`]);
    expect([answer.status, answer.body.code]).toEqual([401, 'authentication-token-invalid']);
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  it.each([
    ['Basic credentials', 'Basic ZG9jdG9yOng='],
    ['no scheme', () => doctor.accessToken],
    ['two tokens', () => `Bearer ${doctor.accessToken}, Bearer ${doctor.accessToken}`],
    ['another scheme', () => `Token ${doctor.accessToken}`],
  ])('is not looked for in %s', async (_name, value) => {
    const answer = await me(['authorization', typeof value === 'string' ? value : value()]);
    expect([answer.status, answer.body.code]).toEqual([401, 'authentication-required']);
  });

  it('is not looked for in cookies, other headers, the body or the address', async () => {
    for (const header of [
      ['cookie', `token=${doctor.accessToken}`],
      ['x-access-token', doctor.accessToken],
    ] as const) {
      expect((await me(header)).status).toBe(401);
    }
    const inAddress = await wire.send({
      method: 'GET',
      path: `/api/v1/users/me?access_token=${doctor.accessToken}`,
      headers: [],
    });
    expect([inAddress.status, inAddress.body.code]).toEqual([400, 'edge-credential-in-url']);
  });

  it('while the genuine one opens the door', async () => {
    expect((await me(doctor.header)).status).toBe(200);
  });
});

function me(header: readonly [string, string]) {
  return wire.send({ method: 'GET', path: '/api/v1/users/me', headers: [header] });
}

function forge(header: Part, claims: Part, signature: (signed: string) => string): string {
  const [oldHeader, oldClaims] = partsOf(doctor);
  const signed = `${changed(oldHeader, header)}.${changed(oldClaims, claims)}`;
  return `${signed}.${signature(signed)}`;
}

/** Other claims under the signature of the genuine token. */
function altered(claims: Part): string {
  return forge({}, claims, () => partsOf(doctor)[2] ?? '');
}

function changed(part: string | undefined, change: Part): string {
  const old = JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Part;
  return Buffer.from(JSON.stringify({ ...old, ...change })).toString('base64url');
}

function partsOf({ accessToken }: SignedIn): string[] {
  return accessToken.split('.');
}

function signWith(key: KeyObject): (text: string) => string {
  return (text) => sign(null, Buffer.from(text), key).toString('base64url');
}

function own(text: string): string {
  return signWith(stranger.privateKey)(text);
}

function genuine(text: string): string {
  return signWith(server.running.platform.tokenKeys.signing().privateKey)(text);
}

function hmac(text: string, secret: string | Buffer): string {
  return createHmac('sha256', secret).update(text).digest('base64url');
}

function publicPem(): string {
  return server.running.platform.tokenKeys
    .signing()
    .verifier.key.export({ type: 'spki', format: 'pem' })
    .toString();
}

function publicRaw(): Buffer {
  return server.running.platform.tokenKeys
    .signing()
    .verifier.key.export({ type: 'spki', format: 'der' })
    .subarray(-32);
}
