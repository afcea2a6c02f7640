import { asClinicId } from '@careward/kernel';
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

const invite = (email: string, roles: string[], by = admin) =>
  by.post<{ id: string; expiresAt: string }>('/api/v1/users/invitations', { email, roles });
const accept = (code: string, more: object = {}) =>
  server.nobody.post('/api/v1/invitations/accept', {
    code,
    displayName: 'Somebody',
    password: TEST_PASSWORD,
    ...more,
  });
const codeFor = async (email: string, roles: string[]) => {
  expect((await invite(email, roles)).status).toBe(201);
  return server.mailbox.code(email);
};
const refused = { status: 403, body: { code: 'invitation-refused' } };

describe('an invitation', () => {
  it('makes the account of whoever reads the mail, with its roles and a password of their own', async () => {
    expect((await invite('new@example.org', ['DOCTOR', 'NURSE'])).status).toBe(201);
    const mail = await server.mailbox.next('new@example.org');
    expect(mail.subject).toBe('You are invited to a clinic on Careward');
    expect(mail.text).toContain('north invites you');
    expect(mail.text).toContain(`https://localhost:8443/invitation#${server.world.north.id}.`);
    expect((await accept(mail.code ?? '')).status).toBe(201);
    const self = await server.nobody.signIn('new@example.org', TEST_PASSWORD);
    const me = await self.get<{ memberships: { clinicId: string; roles: string[] }[] }>('/api/v1/users/me');
    expect(me.body.memberships).toMatchObject([
      { clinicId: server.world.north.id, roles: ['DOCTOR', 'NURSE'] },
    ]);
  });

  it('works once, also for two who accept at the same moment', async () => {
    const code = await codeFor('once@example.org', ['NURSE']);
    const answers = await Promise.all([accept(code), accept(code), accept(code)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 403, 403]);
    expect(await accept(code)).toMatchObject(refused);
  });

  it('is refused when guessed, withdrawn, replaced, expired, or taken to another clinic', async () => {
    const { north, south } = server.world;
    expect(await accept('guessed')).toMatchObject(refused);
    expect(await accept(`${north.id}.${'A'.repeat(43)}`)).toMatchObject(refused);
    const sent = await invite('gone@example.org', ['NURSE']);
    const code = await server.mailbox.code('gone@example.org');
    expect(await accept(code.replace(north.id, south.id))).toMatchObject(refused);
    expect((await admin.call('DELETE', `/api/v1/users/invitations/${sent.body.id}`)).status).toBe(204);
    expect(await accept(code)).toMatchObject(refused);
    const first = await codeFor('again@example.org', ['NURSE']);
    const second = await codeFor('again@example.org', ['NURSE']);
    expect(await accept(first)).toMatchObject(refused);
    await expire(second);
    expect(await accept(second)).toMatchObject(refused);
  });

  it('gives roles to an account that is signed in, when it is of the invited address', async () => {
    const { south } = server.world;
    const email = 'doctor@south.example.org';
    const code = await codeFor(email, ['NURSE']);
    expect(await accept(code)).toMatchObject({ status: 409, body: { code: 'invitation-for-account' } });
    const acceptAs = (client: TestClient) => client.post('/api/v1/invitations/accept-signed-in', { code });
    expect(await acceptAs(south.staff.NURSE)).toMatchObject(refused);
    const self = await server.nobody.signIn(email, TEST_PASSWORD);
    expect((await acceptAs(self)).status).toBe(204);
    expect(await acceptAs(await server.nobody.signIn(email, TEST_PASSWORD))).toMatchObject(refused);
  });

  it('is listed until it is accepted, to its clinic only', async () => {
    const emails = async (client: TestClient) =>
      (await client.get<{ items: { email: string }[] }>('/api/v1/users/invitations')).body.items.map(
        ({ email }) => email,
      );
    const code = await codeFor('listed@example.org', ['NURSE']);
    expect(await emails(admin)).toContain('listed@example.org');
    expect(await emails(server.world.south.staff.CLINIC_ADMIN)).not.toContain('listed@example.org');
    await accept(code);
    expect(await emails(admin)).not.toContain('listed@example.org');
  });

  it('of another clinic cannot be withdrawn', async () => {
    const sent = await invite('kept@example.org', ['NURSE']);
    const { status, body } = await server.world.south.staff.CLINIC_ADMIN.call(
      'DELETE',
      `/api/v1/users/invitations/${sent.body.id}`,
    );
    expect([status, body.code]).toEqual([404, 'invitation-not-found']);
  });

  it('names its roles in the audit log, when sent and when accepted', async () => {
    await admitPerson(server, admin, {
      email: 'audited@example.org',
      displayName: 'Audited',
      password: TEST_PASSWORD,
      roles: ['NURSE', 'DOCTOR'],
    });
    const { database } = server.running.platform;
    const sequencer = database.forSequencer();
    const rows = await sequencer.run(
      sequencer.build
        .selectFrom('audit_entry')
        .select(['action', 'reason', 'clinic_id'])
        .where('action', 'in', ['invitation.create', 'membership.grant'])
        .orderBy('id', 'desc')
        .limit(2),
    );
    expect(rows.map(({ action, reason }) => `${action} ${reason}`)).toEqual([
      'membership.grant DOCTOR,NURSE',
      'invitation.create DOCTOR,NURSE',
    ]);
    expect(rows.map((row) => row.clinic_id)).toEqual([server.world.north.id, server.world.north.id]);
  });
});

/** Turns the clock of the code back by its whole life: the row is the clinic's own. */
async function expire(code: string): Promise<void> {
  const { database } = server.running.platform;
  const [clinicId] = code.split('.');
  const identity = database.forIdentity(testIdentityContext({ clinicId: asClinicId(clinicId) }));
  await identity.run(
    identity.build
      .updateTable('invitation')
      .set({ expires_at: new Date(Date.now() - 1_000) })
      .where('accepted_at', 'is', null),
  );
}
