import type { ClinicRole } from '@careward/access-policy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testIdentityContext } from '../../../test-harness/contexts.ts';
import { admitPerson, startTwoClinics, TEST_PASSWORD, type TestClient } from '../../../test-harness/index.ts';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let admin: TestClient;
beforeAll(async () => {
  server = await startTwoClinics();
  admin = server.world.north.staff.CLINIC_ADMIN;
});
afterAll(() => server.stop());

let made = 0;
/** Somebody new of a clinic, with a living session. */
async function member(roles: ClinicRole[], by = admin) {
  made += 1;
  const email = `member${made}@example.org`;
  await admitPerson(server, by, { email, displayName: 'Member', password: TEST_PASSWORD, roles });
  const client = await server.nobody.signIn(email, TEST_PASSWORD);
  const me = await client.get<{ account: { id: string } }>('/api/v1/users/me');
  return { client, email, id: me.body.account.id };
}
const setRoles = (id: string, roles: string[], by = admin) =>
  by.call('PUT', `/api/v1/users/${id}/roles`, { roles });
const setStatus = (id: string, status: string, by = admin) =>
  by.call('PUT', `/api/v1/users/${id}/status`, { status });
const readsPatient = async (client: TestClient) => {
  const { north } = server.world;
  const reader = client.at(north.id).with({ 'x-purpose-of-use': 'TREAT' });
  return (await reader.get(`/api/v1/patients/${north.patientIds[0]}`)).status;
};
const alive = async (client: TestClient) => (await client.get('/api/v1/users/me')).status;

describe('what a living session may do, on its very next request', () => {
  it('grows and shrinks with the roles of its person', async () => {
    const { client, id } = await member(['SUPPORT_STAFF']);
    expect(await readsPatient(client)).toBe(403);
    expect((await setRoles(id, ['DOCTOR'])).status).toBe(204);
    expect(await readsPatient(client)).toBe(200);
    expect((await setRoles(id, ['SUPPORT_STAFF'])).status).toBe(204);
    expect(await readsPatient(client)).toBe(403);
  });

  it('ends in the clinic when its person is removed from it, and goes on elsewhere', async () => {
    const { south } = server.world;
    const { client, id, email } = await member(['DOCTOR']);
    const person = { email, displayName: 'Member', password: TEST_PASSWORD, roles: ['NURSE'] };
    await admitPerson(server, south.staff.CLINIC_ADMIN, person);
    expect(await readsPatient(client)).toBe(200);
    expect((await setRoles(id, [])).status).toBe(204);
    expect(await readsPatient(client)).toBe(404);
    expect(await alive(client)).toBe(200);
    expect((await admin.get(`/api/v1/users/${id}`)).status).toBe(404);
  });

  it('grows when its person accepts an invitation with it', async () => {
    const { client, email } = await member(['SUPPORT_STAFF']);
    await admin.post('/api/v1/users/invitations', { email, roles: ['DOCTOR'] });
    const code = await server.mailbox.code(email);
    expect((await client.post('/api/v1/invitations/accept-signed-in', { code })).status).toBe(204);
    expect(await readsPatient(client)).toBe(200);
  });

  it('ends when its account is disabled, and does not come back when it is enabled', async () => {
    const { client, id, email } = await member(['DOCTOR']);
    expect((await setStatus(id, 'disabled')).status).toBe(204);
    expect(await alive(client)).toBe(401);
    await expect(server.nobody.signIn(email, TEST_PASSWORD)).rejects.toThrow('401');
    expect((await setStatus(id, 'active')).status).toBe(204);
    expect(await alive(client)).toBe(401);
    expect(await alive(await server.nobody.signIn(email, TEST_PASSWORD))).toBe(200);
  });

  it('ends when its account is deleted by the administrator of the platform', async () => {
    const { client, id, email } = await member(['DOCTOR']);
    expect((await server.world.administrator.call('DELETE', `/api/v1/users/${id}`)).status).toBe(204);
    expect(await alive(client)).toBe(401);
    await expect(server.nobody.signIn(email, TEST_PASSWORD)).rejects.toThrow('401');
  });

  it('ends when its person deletes the account, of which nothing is left but the id', async () => {
    const { client, id, email } = await member(['NURSE']);
    expect((await client.call('DELETE', '/api/v1/users/me')).status).toBe(204);
    expect(await alive(client)).toBe(401);
    expect((await admin.get(`/api/v1/users/${id}`)).status).toBe(404);
    const again = { email, displayName: 'Again', password: TEST_PASSWORD, roles: ['NURSE'] };
    await admitPerson(server, admin, again);
    const fresh = await server.nobody.signIn(email, TEST_PASSWORD);
    const me = await fresh.get<{ account: { id: string } }>('/api/v1/users/me');
    expect(me.body.account.id).not.toBe(id);
  });
});

describe('who administers', () => {
  it('changes neither their own roles nor their own standing', async () => {
    const own = await admin.get<{ account: { id: string } }>('/api/v1/users/me');
    const { id } = own.body.account;
    expect(await setRoles(id, ['CLINIC_ADMIN', 'DOCTOR'])).toMatchObject({
      status: 403,
      body: { code: 'role-for-oneself' },
    });
    for (const spelling of [id, id.toUpperCase()]) {
      expect(await setStatus(spelling, 'disabled')).toMatchObject({
        status: 403,
        body: { code: 'account-of-oneself' },
      });
    }
  });

  it('gives no role of the platform', async () => {
    const { id } = await member(['NURSE']);
    expect((await setRoles(id, ['SUPER_ADMIN'])).status).toBe(400);
  });

  it('reaches nobody of another clinic: there is no such user', async () => {
    const { client, id } = await member(['DOCTOR'], server.world.south.staff.CLINIC_ADMIN);
    const answers = await Promise.all([
      admin.get(`/api/v1/users/${id}`),
      setRoles(id, ['NURSE']),
      setStatus(id, 'disabled'),
    ]);
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual(
      Array.from({ length: 3 }, () => [404, 'account-not-found']),
    );
    expect(await alive(client)).toBe(200);
    expect((await admin.call('DELETE', `/api/v1/users/${id}`)).status).toBe(403);
  });

  it('does not close an account that other clinics have as well; the administrator of the platform does', async () => {
    const { id, email, client } = await member(['DOCTOR']);
    const person = { email, displayName: 'Member', password: TEST_PASSWORD, roles: ['NURSE'] };
    await admitPerson(server, server.world.south.staff.CLINIC_ADMIN, person);
    expect(await setStatus(id, 'disabled')).toMatchObject({
      status: 403,
      body: { code: 'account-of-other-clinics' },
    });
    expect(await alive(client)).toBe(200);
    const root = server.world.administrator.at(server.world.north.id);
    expect((await setStatus(id, 'disabled', root)).status).toBe(204);
    expect(await alive(client)).toBe(401);
  });

  it('does not open again what the platform has closed', async () => {
    const { id } = await member(['NURSE']);
    const root = server.world.administrator.at(server.world.north.id);
    expect((await setStatus(id, 'disabled', root)).status).toBe(204);
    expect(await setStatus(id, 'active')).toMatchObject({
      status: 403,
      body: { code: 'account-closed-by-platform' },
    });
    expect((await setStatus(id, 'active', root)).status).toBe(204);
    expect((await setStatus(id, 'disabled')).status).toBe(204);
    expect((await setStatus(id, 'active')).status).toBe(204);
  });

  it('does not close the account of who administers the platform, who works in this clinic alone', async () => {
    const { administrator } = server.world;
    const me = await administrator.get<{ account: { id: string } }>('/api/v1/users/me');
    const { id } = me.body.account;
    await admin.post('/api/v1/users/invitations', { email: 'root@example.org', roles: ['NURSE'] });
    const code = await server.mailbox.code('root@example.org');
    expect((await administrator.post('/api/v1/invitations/accept-signed-in', { code })).status).toBe(204);
    expect(await setStatus(id, 'disabled')).toMatchObject({
      status: 403,
      body: { code: 'account-of-other-clinics' },
    });
    expect(await setRoles(id, ['DOCTOR'])).toMatchObject({
      status: 403,
      body: { code: 'account-of-other-clinics' },
    });
    expect(await admin.call('DELETE', `/api/v1/users/${id}/factors`)).toMatchObject({
      status: 403,
      body: { code: 'second-factor-removal-refused' },
    });
    expect(await alive(administrator)).toBe(200);
  });

  it('is not let in by an own invitation, sent to an address that becomes their own afterwards', async () => {
    const { client, id } = await member(['CLINIC_ADMIN']);
    const email = 'alias@example.org';
    const at = client.at(server.world.north.id);
    expect((await at.post('/api/v1/users/invitations', { email, roles: ['DOCTOR'] })).status).toBe(201);
    const invitation = await server.mailbox.code(email);
    expect((await client.call('PUT', '/api/v1/users/me/email', { email })).status).toBe(202);
    const code = await server.mailbox.code(email);
    expect((await client.post('/api/v1/users/me/email/confirm', { code })).status).toBe(204);
    expect(await client.post('/api/v1/invitations/accept-signed-in', { code: invitation })).toMatchObject({
      status: 403,
      body: { code: 'invitation-refused' },
    });
    const { body } = await admin.get<{ roles: string[] }>(`/api/v1/users/${id}`);
    expect(body.roles).toEqual(['CLINIC_ADMIN']);
  });

  it('remains: the last of a clinic is not removed, also when two remove each other at once', async () => {
    const clinic = await server.world.administrator.post<{ id: string }>('/api/v1/clinics', { name: 'East' });
    const root = server.world.administrator.at(clinic.body.id);
    const [one, two] = [await member(['CLINIC_ADMIN'], root), await member(['CLINIC_ADMIN'], root)];
    const [a, b] = await Promise.all([
      setRoles(two.id, [], one.client.at(clinic.body.id)),
      setRoles(one.id, ['NURSE'], two.client.at(clinic.body.id)),
    ]);
    expect([a, b].filter(({ status }) => status === 204)).toHaveLength(1);
    const left = await root.get<{ items: { id: string; roles: string[] }[] }>('/api/v1/users');
    const admins = left.body.items.filter(({ roles }) => roles.includes('CLINIC_ADMIN'));
    expect(admins).toHaveLength(1);
    const last = admins[0]?.id ?? '';
    expect(await setRoles(last, [], root)).toMatchObject({
      status: 409,
      body: { code: 'last-administrator' },
    });
    const self = last === one.id ? one.client : two.client;
    expect(await self.call('DELETE', '/api/v1/users/me')).toMatchObject({ status: 409 });
    expect(await server.world.administrator.call('DELETE', `/api/v1/users/${last}`)).toMatchObject({
      status: 409,
      body: { code: 'last-administrator' },
    });
  });

  it('of the platform is not left without one', async () => {
    const { administrator } = server.world;
    const me = await administrator.get<{ account: { id: string } }>('/api/v1/users/me');
    expect(await administrator.call('DELETE', '/api/v1/users/me')).toMatchObject({
      status: 409,
      body: { code: 'last-administrator' },
    });
    const other = await administrator.call('DELETE', `/api/v1/users/${me.body.account.id}`);
    expect([other.status, other.body.code]).toEqual([403, 'account-of-oneself']);
  });
});

describe('what is left of a deleted account', () => {
  it('is an emptied row: no address, name, password, membership or mailed code', async () => {
    const { client, id, email } = await member(['NURSE']);
    await client.call('PUT', '/api/v1/users/me/email', { email: 'elsewhere@example.org' });
    await client.call('DELETE', '/api/v1/users/me');
    const { database, encryption } = server.running.platform;
    const identity = database.forIdentity(testIdentityContext());
    const [[row], codes, memberships, invitations] = await identity.batch([
      identity.build.selectFrom('account').selectAll().where('id', '=', id),
      identity.build.selectFrom('email_code').select('purpose').where('account_id', '=', id),
      identity.build.selectFrom('membership').select('role').where('account_id', '=', id),
      identity.build
        .selectFrom('account')
        .select('id')
        .where('email_index', '=', (await encryption.forPlatform()).emailIndex(email)),
    ]);
    const platform = await encryption.forPlatform();
    expect(row?.status).toBe('deleted');
    expect(row?.password_hash).toBeNull();
    expect(platform.open('account.email', id, row?.email ?? Buffer.alloc(0)).reveal()).toBe('');
    expect(platform.open('account.display_name', id, row?.display_name ?? Buffer.alloc(0)).reveal()).toBe('');
    expect([codes, memberships, invitations]).toEqual([[], [], []]);
  });
});
