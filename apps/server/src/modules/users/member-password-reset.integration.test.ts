import { newId } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admitPerson, startTwoClinics, TEST_PASSWORD, type TestClient } from '../../../test-harness/index.ts';

const MAILS_PER_RECIPIENT = 5;
const NEW_PASSWORD = 'seven plums in a lagoon';
const SUBJECT = 'Choose a new password';
const CONFIRM = '/api/v1/auth/password-reset/confirm';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let admin: TestClient;
beforeAll(async () => {
  // The limit of one recipient is a quarter of the limit of one cause.
  server = await startTwoClinics({ CAREWARD_MAIL_REQUESTS_PER_HOUR: String(MAILS_PER_RECIPIENT * 4) });
  admin = server.world.north.staff.CLINIC_ADMIN;
});
afterAll(() => server.stop());

const askFor = (id: string, by = admin) => by.post(`/api/v1/users/${id}/password-reset`, {});

describe('a password reset that an administrator begins', () => {
  it('reaches the member by mail, who alone learns the code and chooses the password', async () => {
    const { id, email, self } = await member();
    const asked = await askFor(id);
    expect([asked.status, asked.text]).toEqual([202, '']);
    const { code = '' } = await server.mailbox.about(email, SUBJECT);
    expect((await self.get('/api/v1/users/me')).status).toBe(200);
    expect((await server.nobody.post(CONFIRM, { code, newPassword: NEW_PASSWORD })).status).toBe(204);
    expect((await self.get('/api/v1/users/me')).status).toBe(401);
    await expect(server.nobody.signIn(email, TEST_PASSWORD)).rejects.toThrow('401');
    await expect(server.nobody.signIn(email, NEW_PASSWORD)).resolves.toBeDefined();
  });

  it('is entered in the log of the clinic, in the name of who began it', async () => {
    const { id } = await member();
    await askFor(id);
    const me = await admin.get<{ account: { id: string } }>('/api/v1/users/me');
    expect(await entriesAbout(id)).toMatchObject([
      { actor_id: me.body.account.id, actor_role: 'CLINIC_ADMIN', clinic_id: server.world.north.id },
    ]);
  });

  it('tells nobody who has an account elsewhere: a stranger is as absent as nobody', async () => {
    const { south } = server.world;
    const { id, email } = await member(south.staff.CLINIC_ADMIN);
    const [foreign, absent] = [await askFor(id), await askFor(newId())];
    expect([foreign.status, foreign.body.code]).toEqual([404, 'account-not-found']);
    expect([absent.status, absent.body.code]).toEqual([404, 'account-not-found']);
    const platform = await askFor(id, server.world.administrator.at(server.world.north.id));
    expect(platform.status).toBe(404);
    expect(await resetsMailedTo(email)).toEqual([]);
    expect(await entriesAbout(id)).toEqual([]);
  });

  it('is for nobody whose account is closed, by the platform or by the clinic', async () => {
    const { administrator, north } = server.world;
    for (const [by, code] of [
      [administrator.at(north.id), 'account-closed-by-platform'],
      [admin, 'account-disabled'],
    ] as const) {
      const { id, email } = await member();
      await by.call('PUT', `/api/v1/users/${id}/status`, { status: 'disabled' });
      expect((await askFor(id)).body.code).toBe(code);
      expect(await resetsMailedTo(email)).toEqual([]);
      expect(await entriesAbout(id)).toEqual([]);
    }
  });

  it('takes the place of the code that the person asked for', async () => {
    const { id, email } = await member();
    await server.nobody.post('/api/v1/auth/password-reset', { email });
    const earlier = await server.mailbox.code(email);
    await askFor(id);
    const later = await server.mailbox.code(email);
    const refused = await server.nobody.post(CONFIRM, { code: earlier, newPassword: NEW_PASSWORD });
    expect(refused.body.code).toBe('mailed-code-refused');
    expect((await server.nobody.post(CONFIRM, { code: later, newPassword: NEW_PASSWORD })).status).toBe(204);
  });

  it('fills no mailbox: it counts with the mails that strangers ask for', async () => {
    const { id, email } = await member();
    await server.nobody.post('/api/v1/auth/password-reset', { email });
    const statuses: number[] = [];
    for (let asked = 1; asked <= MAILS_PER_RECIPIENT; asked += 1) statuses.push((await askFor(id)).status);
    expect(statuses).toEqual([202, 202, 202, 202, 429]);
  });
});

let made = 0;
/** Somebody new of a clinic, signed in. */
async function member(by = admin) {
  made += 1;
  const email = `forgetful${made}@example.org`;
  await admitPerson(server, by, { email, displayName: 'Member', password: TEST_PASSWORD, roles: ['NURSE'] });
  const self = await server.nobody.signIn(email, TEST_PASSWORD);
  const me = await self.get<{ account: { id: string } }>('/api/v1/users/me');
  return { id: me.body.account.id, email, self };
}

/** Mails of a reset to this address, once everything that was written before has left. */
async function resetsMailedTo(email: string) {
  const last = await member();
  await askFor(last.id);
  await server.mailbox.about(last.email, SUBJECT);
  return (await server.mailbox.all(email)).filter(({ subject }) => subject === SUBJECT);
}

async function entriesAbout(accountId: string) {
  const sequencer = server.running.platform.database.forSequencer();
  return sequencer.run(
    sequencer.build
      .selectFrom('audit_entry')
      .select(['actor_id', 'actor_role', 'clinic_id'])
      .where('action', '=', 'password-reset.request-by-administrator')
      .where('resource_id', '=', accountId),
  );
}
