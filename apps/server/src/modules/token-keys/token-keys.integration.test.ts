import { createPublicKey, type webcrypto } from 'node:crypto';
import { TokenKeyRotated, TokenKeySet } from '@careward/api-schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoClinics, TEST_PASSWORD } from '../../../test-harness/index.ts';
import { JwsKey, parseJws, verifyJws } from '../../authentication/tokens/strict-jws.ts';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

const keySet = async () => {
  const answer = await server.nobody.get('/.well-known/jwks.json');
  return { ...answer, keys: TokenKeySet.parse(answer.body).keys };
};

const signIn = async () => {
  const person = { email: 'doctor@north.example.org', password: TEST_PASSWORD };
  return await server.nobody.post<{ accessToken: string }>('/api/v1/auth/sign-in', person);
};

describe('the key set', () => {
  it('is there for everybody, may be kept for five minutes, and is JSON', async () => {
    const { status, headers } = await keySet();
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('public, max-age=300');
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('holds public halves only, by which others verify tokens', async () => {
    const { keys, text } = await keySet();
    expect(text).not.toMatch(/"d"/);
    const { accessToken } = (await signIn()).body;
    const parsed = parseJws(accessToken, 2_048);
    const jwk = keys.find(({ kid }) => kid === parsed?.header.kid);
    const key = createPublicKey({ key: jwk as webcrypto.JsonWebKey, format: 'jwk' });
    const verifier = JwsKey.of('EdDSA', key);
    expect(parsed && verifier && verifyJws(parsed, verifier)).toBe(true);
  });

  it('lets nothing else be kept: refusals beside it are not', async () => {
    const answer = await server.nobody.get('/.well-known/jwks');
    expect([answer.status, answer.headers['cache-control']]).toEqual([404, 'no-store']);
  });
});

describe('a rotation', () => {
  const rotate = (client: typeof server.nobody, body: object = {}) =>
    client.post('/api/v1/auth/keys/rotation', body);

  it('is for nobody but the administrator of the platform', async () => {
    const { north } = server.world;
    expect((await rotate(server.nobody)).status).toBe(401);
    for (const client of [north.staff.CLINIC_ADMIN, north.staff.DOCTOR, server.world.person])
      expect((await rotate(client)).status).toBe(403);
  });

  it('publishes the next key a quarter of an hour before it signs', async () => {
    const before = (await keySet()).keys;
    const answer = await rotate(server.world.administrator);
    expect(answer.status).toBe(200);
    const rotated = TokenKeyRotated.parse(answer.body);
    expect(rotated.rotated).toBe(true);
    expect((await keySet()).keys.map(({ kid }) => kid)).toEqual([
      rotated.keyId,
      ...before.map(({ kid }) => kid),
    ]);
    expect(parseJws((await signIn()).body.accessToken, 2_048)?.header.kid).toBe(before[0]?.kid);
    expect(TokenKeyRotated.parse((await rotate(server.world.administrator)).body)).toEqual({
      ...rotated,
      rotated: false,
    });
  });

  it('that withdraws ends every token at once, the administrator’s own included', async () => {
    const doctor = server.world.north.staff.DOCTOR;
    expect((await doctor.get('/api/v1/users/me')).status).toBe(200);
    const answer = await rotate(server.world.administrator, { withdraw: true });
    const { keyId } = TokenKeyRotated.parse(answer.body);
    for (const client of [doctor, server.world.administrator]) {
      const refused = await client.get('/api/v1/users/me');
      expect([refused.status, refused.body.code]).toEqual([401, 'authentication-token-invalid']);
      expect(refused.headers['www-authenticate']).toContain('error="invalid_token"');
    }
    expect((await keySet()).keys.map(({ kid }) => kid)).toEqual([keyId]);
    expect(parseJws((await signIn()).body.accessToken, 2_048)?.header.kid).toBe(keyId);
  });
});
