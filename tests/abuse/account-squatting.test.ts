// The attacker administers one clinic. They make an account under the e-mail address of somebody who will one day be staff or patient
// of another clinic, choose its password, and wait until that clinic gives roles to "the person with this address". Then they sign in
// as that person, in a clinic that is not theirs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoClinics, TEST_PASSWORD, type TestClient } from '../../apps/server/test-harness/index.ts';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let squatter: TestClient;
let victimClinic: TestClient;
beforeAll(async () => {
  server = await startTwoClinics();
  squatter = server.world.north.staff.CLINIC_ADMIN;
  victimClinic = server.world.south.staff.CLINIC_ADMIN;
});
afterAll(() => server.stop());

const squatted = { email: 'victim@example.org', displayName: 'Victim', password: TEST_PASSWORD };
const joinCode = async (self: TestClient) =>
  (await self.post<{ code: string }>('/api/v1/users/me/join-codes', {})).body.code;

describe('an account made by one clinic', () => {
  it('is given no role in another clinic by its e-mail address', async () => {
    expect((await squatter.post('/api/v1/users', { ...squatted, roles: ['PATIENT'] })).status).toBe(201);
    const added = await victimClinic.post('/api/v1/users', { ...squatted, roles: ['DOCTOR'] });
    expect(added).toMatchObject({ status: 409, body: { code: 'account-elsewhere' } });
    const self = await server.nobody.signIn(squatted.email, TEST_PASSWORD);
    const me = await self.get<{ memberships: { clinicId: string }[] }>('/api/v1/users/me');
    expect(me.body.memberships.map(({ clinicId }) => clinicId)).toEqual([server.world.north.id]);
  });

  it('joins another clinic by a code of its person, once, and not under the address alone', async () => {
    const self = await server.nobody.signIn(squatted.email, TEST_PASSWORD);
    const code = await joinCode(self);
    const join = (roles: string[], given = code) =>
      victimClinic.post('/api/v1/users/join', { code: given, roles });
    expect(await join(['PATIENT'])).toMatchObject({
      status: 201,
      body: { email: squatted.email, roles: ['PATIENT'] },
    });
    expect(await join(['DOCTOR'])).toMatchObject({ status: 403, body: { code: 'join-code-refused' } });
    expect(await join(['DOCTOR'], 'guessed')).toMatchObject({ status: 403 });
    expect((await self.get('/api/v1/users/me')).status).toBe(401);
  });

  it('makes an earlier code void with each new one, and never joins by its own hand', async () => {
    const self = await server.nobody.signIn(squatted.email, TEST_PASSWORD);
    const [old, code] = [await joinCode(self), await joinCode(self)];
    expect((await victimClinic.post('/api/v1/users/join', { code: old, roles: ['NURSE'] })).status).toBe(403);
    const own = await joinCode(victimClinic);
    expect((await victimClinic.post('/api/v1/users/join', { code: own, roles: ['DOCTOR'] })).status).toBe(
      403,
    );
    expect((await victimClinic.post('/api/v1/users/join', { code, roles: ['NURSE'] })).status).toBe(201);
  });

  it('is not reached through the administrator of the platform either', async () => {
    const root = {
      email: 'root@example.org',
      displayName: 'Root',
      password: TEST_PASSWORD,
      roles: ['DOCTOR'],
    };
    expect((await victimClinic.post('/api/v1/users', root)).status).toBe(409);
  });
});

describe('a password that an administrator chose', () => {
  it('is replaced by its person, who has to know it, and every session ends', async () => {
    const account = { email: 'nurse2@example.org', displayName: 'Nurse', password: TEST_PASSWORD };
    await squatter.post('/api/v1/users', { ...account, roles: ['NURSE'] });
    const self = await server.nobody.signIn(account.email, TEST_PASSWORD);
    const change = (currentPassword: string) =>
      self.call('PUT', '/api/v1/auth/password', {
        currentPassword,
        newPassword: 'nobody else knows this one',
      });
    expect((await change('a guess of some length')).status).toBe(401);
    expect((await change(TEST_PASSWORD)).status).toBe(204);
    expect((await self.get('/api/v1/users/me')).status).toBe(401);
    await expect(server.nobody.signIn(account.email, TEST_PASSWORD)).rejects.toThrow('401');
    expect(await server.nobody.signIn(account.email, 'nobody else knows this one')).toBeDefined();
  });
});
