import { AccountExport, ExportedUserPage } from '@careward/api-schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testIdentityContext } from '../../../test-harness/contexts.ts';
import { admitPerson, startTwoClinics, TEST_PASSWORD } from '../../../test-harness/index.ts';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

describe('the own account', () => {
  it('is exported whole and without secrets', async () => {
    const { north } = server.world;
    const self = await server.nobody.signIn('nurse@north.example.org', TEST_PASSWORD);
    const { status, body, text } = await self.get('/api/v1/users/me/export');
    expect(status).toBe(200);
    const exported = AccountExport.parse(body);
    expect(exported.account).toMatchObject({ email: 'nurse@north.example.org', hasPassword: true });
    expect(exported.account.emailVerifiedAt).not.toBeNull();
    expect(exported.memberships).toEqual([{ clinicId: north.id, clinicName: 'north', roles: ['NURSE'] }]);
    expect(exported.sessions.some(({ current }) => current)).toBe(true);
    expect(exported.securityEvents.length).toBeGreaterThan(0);
    expect(text).not.toMatch(/argon2|password_hash|secret/i);
  });

  it('shows whoever reads it nobody else’s data', async () => {
    const { text } = await server.world.north.staff.DOCTOR.get('/api/v1/users/me/export');
    expect(text).not.toContain('nurse@');
    expect(text).not.toContain('south');
  });

  it('is renamed by its person', async () => {
    const self = server.world.north.staff.LAB_TECHNICIAN;
    const renamed = await self.call('PATCH', '/api/v1/users/me', { displayName: 'Dr. 李' });
    expect(renamed.status).toBe(204);
    const me = await self.get<{ account: { displayName: string } }>('/api/v1/users/me');
    expect(me.body.account.displayName).toBe('Dr. 李');
    const smuggled = { displayName: 'X', roles: ['SUPER_ADMIN'], email: 'x@example.org' };
    expect((await self.call('PATCH', '/api/v1/users/me', smuggled)).status).toBe(400);
  });
});

describe('the report on who has access', () => {
  it('lists the clinic’s own people a page at a time, with how they sign in, and leaves an entry', async () => {
    const { CLINIC_ADMIN, DOCTOR } = server.world.north.staff;
    const first = ExportedUserPage.parse((await CLINIC_ADMIN.get('/api/v1/users/export?limit=5')).body);
    expect(first.items).toHaveLength(5);
    const rest = await CLINIC_ADMIN.get(`/api/v1/users/export?limit=100&cursor=${first.nextCursor}`);
    const all = [...first.items, ...ExportedUserPage.parse(rest.body).items];
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.map(({ email }) => email)).toEqual(expect.arrayContaining(['doctor@north.example.org']));
    expect(all.filter(({ email }) => email.endsWith('@south.example.org'))).toEqual([]);
    expect(all.every(({ emailVerified, hasSecondFactor }) => emailVerified && !hasSecondFactor)).toBe(true);
    expect((await DOCTOR.get('/api/v1/users/export')).status).toBe(403);
    const sequencer = server.running.platform.database.forSequencer();
    const entries = await sequencer.run(
      sequencer.build.selectFrom('audit_entry').select('clinic_id').where('action', '=', 'users.export'),
    );
    expect(entries.map(({ clinic_id }) => clinic_id)).toContain(server.world.north.id);
  });
});

describe('a new password by mail', () => {
  it('does not step around a second factor', async () => {
    const email = 'careful@example.org';
    const person = { email, displayName: 'Careful', password: TEST_PASSWORD, roles: ['NURSE'] };
    await admitPerson(server, server.world.north.staff.CLINIC_ADMIN, person);
    const self = await server.nobody.signIn(email, TEST_PASSWORD);
    const me = await self.get<{ account: { id: string } }>('/api/v1/users/me');
    await giveAuthenticatorApp(me.body.account.id);
    await server.nobody.post('/api/v1/auth/password-reset', { email });
    const code = await server.mailbox.code(email);
    const newPassword = 'quite another long password';
    const reset = await server.nobody.post('/api/v1/auth/password-reset/confirm', { code, newPassword });
    expect(reset.status).toBe(204);
    const answer = await server.nobody.post('/api/v1/auth/sign-in', { email, password: newPassword });
    expect(answer.body).toMatchObject({ status: 'second-factor-required' });
    expect(answer.text).not.toContain('accessToken');
  });
});

/** As if the person had confirmed an authenticator app. */
async function giveAuthenticatorApp(accountId: string): Promise<void> {
  const { database, encryption } = server.running.platform;
  const platform = await encryption.forPlatform();
  const identity = database.forIdentity(testIdentityContext({ actorId: accountId as never }));
  await identity.run(
    identity.build.insertInto('totp_factor').values({
      account_id: accountId,
      secret: platform.seal('totp_factor.secret', accountId, 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'),
      confirmed_at: new Date(),
    }),
  );
}
