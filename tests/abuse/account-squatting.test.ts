// The attacker administers one clinic. They want an account under the e-mail address of somebody who will one day be staff or patient
// of another clinic, with a password that the attacker knows, and then wait until that clinic gives roles to "the person with this
// address". Nobody makes an account for somebody else: only whoever reads the mail does, and chooses the password.
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

const VICTIM = 'victim@example.org';
const ATTACKERS = 'a password of the attacker';
const invite = (by: TestClient, email: string, roles: string[]) =>
  by.post('/api/v1/users/invitations', { email, roles });
const accept = (code: string, password: string) =>
  server.nobody.post('/api/v1/invitations/accept', { code, displayName: 'Victim', password });

describe('the address of somebody who has no account yet', () => {
  it('gets a mail and no account: neither answer nor list shows the attacker a code', async () => {
    const sent = await invite(squatter, VICTIM, ['PATIENT']);
    expect(sent.status).toBe(201);
    expect(Object.keys(sent.body).toSorted()).toEqual(['expiresAt', 'id']);
    const { text } = await squatter.get('/api/v1/users/invitations');
    expect(text).toContain(VICTIM);
    const { code = '' } = await server.mailbox.next(VICTIM);
    const [, secret = ''] = code.split('.');
    expect(secret).toHaveLength(43);
    expect(text + sent.text).not.toContain(secret);
    await expect(server.nobody.signIn(VICTIM, ATTACKERS)).rejects.toThrow('401');
    for (const guess of [
      sent.body.id,
      `${server.world.north.id}.${String(sent.body.id)}`,
      server.world.north.id,
    ]) {
      expect((await accept(String(guess), ATTACKERS)).status).toBe(403);
    }
  });

  it('is made an account by its person, who alone knows the password', async () => {
    await invite(squatter, VICTIM, ['PATIENT']);
    const code = await server.mailbox.code(VICTIM);
    expect((await accept(code, TEST_PASSWORD)).status).toBe(201);
    expect((await accept(code, ATTACKERS)).status).toBe(403);
    await expect(server.nobody.signIn(VICTIM, ATTACKERS)).rejects.toThrow('401');
    expect(await server.nobody.signIn(VICTIM, TEST_PASSWORD)).toBeDefined();
  });
});

describe('the address of somebody who registers', () => {
  const email = 'patient@example.org';
  const ask = (more: object = {}) =>
    server.nobody.post('/api/v1/registrations', { clinicId: server.world.north.id, email, ...more });
  const verify = (code: string, more: object) =>
    server.nobody.post('/api/v1/registrations/verify', { code, ...more });

  it('gets the password that the reader of the mail chooses, whoever asked last', async () => {
    const { north } = server.world;
    await squatter.call('PATCH', `/api/v1/clinics/${north.id}/settings`, { selfRegistration: true });
    expect((await ask()).status).toBe(202);
    await server.mailbox.code(email);
    expect((await ask({ displayName: 'Patient', password: ATTACKERS })).status).toBe(400);
    expect((await ask()).status).toBe(202);
    const code = await server.mailbox.code(email);
    expect((await verify(code, {})).status).toBe(400);
    const weak = await verify(code, { displayName: 'Patient', password: 'patient patient 1 patient' });
    expect([weak.status, weak.body.code]).toEqual([400, 'password-guessable']);
    expect((await verify(code, { displayName: 'Patient', password: TEST_PASSWORD })).status).toBe(201);
    await expect(server.nobody.signIn(email, ATTACKERS)).rejects.toThrow('401');
    const self = await server.nobody.signIn(email, TEST_PASSWORD);
    const me = await self.get<{ account: object }>('/api/v1/users/me');
    expect(me.body.account).toMatchObject({ email, displayName: 'Patient' });
  });
});

describe('an account', () => {
  it('is given no role in another clinic before its person accepts, and the roles are those that were offered', async () => {
    await invite(victimClinic, VICTIM, ['NURSE']);
    const self = await server.nobody.signIn(VICTIM, TEST_PASSWORD);
    const clinics = async () =>
      (await self.get<{ memberships: { clinicId: string; roles: string[] }[] }>('/api/v1/users/me')).body
        .memberships;
    expect((await clinics()).map(({ clinicId }) => clinicId)).toEqual([server.world.north.id]);
    const code = await server.mailbox.code(VICTIM);
    const answer = await self.post('/api/v1/invitations/accept-signed-in', { code, roles: ['DOCTOR'] });
    expect([answer.status, answer.body.code]).toEqual([400, 'request-invalid']);
    expect((await self.post('/api/v1/invitations/accept-signed-in', { code })).status).toBe(204);
    const again = await server.nobody.signIn(VICTIM, TEST_PASSWORD);
    const { memberships } = (
      await again.get<{ memberships: { clinicId: string; roles: string[] }[] }>('/api/v1/users/me')
    ).body;
    expect(memberships).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ clinicId: server.world.south.id, roles: ['NURSE'] }),
      ]),
    );
  });

  it('of somebody else is not let in by a code that came to the attacker', async () => {
    await invite(victimClinic, 'accomplice@example.org', ['DOCTOR']);
    const code = await server.mailbox.code('accomplice@example.org');
    for (const thief of [server.world.north.staff.NURSE, victimClinic, server.world.administrator]) {
      const { status, body } = await thief.post('/api/v1/invitations/accept-signed-in', { code });
      expect([status, body.code]).toEqual([403, 'invitation-refused']);
    }
  });

  it('of the administrator of the platform is not taken over by an invitation', async () => {
    const root = 'root@example.org';
    expect((await invite(victimClinic, root, ['DOCTOR'])).status).toBe(201);
    const code = await server.mailbox.code(root);
    expect((await accept(code, ATTACKERS)).status).toBe(409);
    await expect(server.nobody.signIn(root, ATTACKERS)).rejects.toThrow('401');
  });
});

describe('an old way in', () => {
  it.each([
    [
      'POST',
      '/api/v1/users',
      { email: 'x@example.org', displayName: 'X', password: ATTACKERS, roles: ['NURSE'] },
    ],
    ['POST', '/api/v1/users/me/join-codes', {}],
    ['POST', '/api/v1/users/join', { code: 'x', roles: ['NURSE'] }],
  ])('%s %s is gone', async (method, path, body) => {
    expect((await squatter.call(method, path, body)).status).toBe(404);
  });
});
