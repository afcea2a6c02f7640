// The attacker sits down at the desk of somebody who administers and went away for longer than a coffee. What can be read there they may
// read, page by page. They want more: an administrator of their own for later, everybody's data at once, a patient's record in an account of
// theirs, a clinic that lets strangers in, a clinic of their own. All of that needs a proof of the person from the last five minutes.
import { type AccountId, asAccountId, asClinicId } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  plantSession,
  startTwoClinics,
  TEST_PASSWORD,
  type TestClient,
} from '../../apps/server/test-harness/index.ts';

const SIX_MINUTES_MS = 6 * 60_000;
const NEEDED = { status: 401, body: { code: 'authentication-proof-needed' } };
const INVITATIONS = '/api/v1/users/invitations';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let administrator: AccountId;
beforeAll(async () => {
  server = await startTwoClinics();
  administrator = await accountOf(server.world.north.staff.CLINIC_ADMIN);
});
afterAll(() => server.stop());

describe('at a desk whose person proved themselves six minutes ago', () => {
  it('nobody invites an administrator', async () => {
    const desk = await deskOf('CLINIC_ADMIN', administrator);
    const email = 'later@attacker.example.org';
    expect(await desk.post(INVITATIONS, { email, roles: ['CLINIC_ADMIN'] })).toMatchObject(NEEDED);
    expect((await desk.get(INVITATIONS)).text).not.toContain(email);
    expect(await server.mailbox.all(email)).toEqual([]);
  });

  it('nobody takes the members or the account along', async () => {
    const desk = await deskOf('CLINIC_ADMIN', administrator);
    for (const path of ['/api/v1/users/export', '/api/v1/users/me/export']) {
      const answer = await desk.get(path);
      expect(answer, path).toMatchObject(NEEDED);
      expect(answer.text, path).not.toContain('example.org');
    }
  });

  it('nobody changes or closes an account, sends it a new password, or frees it of its factors', async () => {
    const desk = await deskOf('CLINIC_ADMIN', administrator);
    const member = `/api/v1/users/${await accountOf(server.world.north.staff.NURSE)}`;
    const answers = [
      await desk.call('PUT', `${member}/roles`, { roles: ['CLINIC_ADMIN'] }),
      await desk.call('PUT', `${member}/status`, { status: 'disabled' }),
      await desk.call('DELETE', `${member}/factors`),
      await desk.post(`${member}/password-reset`, {}),
    ];
    for (const answer of answers) expect(answer).toMatchObject(NEEDED);
    expect((await desk.get(member)).body).toMatchObject({ roles: ['NURSE'], status: 'active' });
  });

  it('nobody lets strangers into the clinic', async () => {
    const desk = await deskOf('CLINIC_ADMIN', administrator);
    const path = `/api/v1/clinics/${server.world.north.id}/settings`;
    expect(await desk.call('PATCH', path, { selfRegistration: true })).toMatchObject(NEEDED);
  });

  it('nobody opens the record of a patient to an account of theirs', async () => {
    const { north } = server.world;
    const desk = await deskOf('RECEPTIONIST', await accountOf(north.staff.RECEPTIONIST));
    const path = `/api/v1/patients/${north.patientIds[1]}/account`;
    const stated = desk.with({ 'x-purpose-of-use': 'HOPERAT' });
    expect(await stated.call('PUT', path, { email: 'patient@north.example.org' })).toMatchObject(NEEDED);
  });

  it('nobody makes a clinic', async () => {
    const accountId = await accountOf(server.world.administrator);
    const token = await plantSession(server.running.platform, {
      accountId,
      rights: { platformRole: 'SUPER_ADMIN', memberships: [] },
      clinicId: null,
      provenMsAgo: SIX_MINUTES_MS,
    });
    const made = await server.nobody.showing(token).post('/api/v1/clinics', { name: 'Of the attacker' });
    expect(made).toMatchObject(NEEDED);
    expect((await server.world.administrator.get('/api/v1/clinics')).text).not.toContain('Of the attacker');
  });
});

it('the attempt is recorded as made with the session of its person', async () => {
  const desk = await deskOf('CLINIC_ADMIN', administrator);
  const refused = await desk.get('/api/v1/users/export');
  const sequencer = server.running.platform.database.forSequencer();
  const requestId = refused.headers['x-request-id'] as string;
  const entries = sequencer.build.selectFrom('audit_entry').select(['actor_id', 'action', 'reason']);
  expect(await sequencer.run(entries.where('request_id', '=', requestId))).toEqual([
    { actor_id: administrator, action: 'request.refused', reason: 'authentication-proof-needed' },
  ]);
});

describe('the person who comes back', () => {
  it('reads on as before, and does all of it after a proof', async () => {
    const desk = await deskOf('CLINIC_ADMIN', administrator);
    expect((await desk.get('/api/v1/users')).status).toBe(200);
    const proved = await desk.post<{ accessToken: string }>('/api/v1/auth/reauthenticate', {
      password: TEST_PASSWORD,
    });
    expect(proved.status).toBe(200);
    const again = server.nobody.showing(proved.body.accessToken).at(server.world.north.id);
    const invited = { email: 'colleague@north.example.org', roles: ['CLINIC_ADMIN'] };
    expect((await again.post(INVITATIONS, invited)).status).toBe(201);
    expect((await again.get('/api/v1/users/export')).status).toBe(200);
  });
});

/** The session that somebody of the clinic `north` left open. */
async function deskOf(role: 'CLINIC_ADMIN' | 'RECEPTIONIST', accountId: AccountId): Promise<TestClient> {
  const clinicId = asClinicId(server.world.north.id);
  const token = await plantSession(server.running.platform, {
    accountId,
    rights: { platformRole: null, memberships: [{ clinicId, roles: [role] }] },
    clinicId,
    provenMsAgo: SIX_MINUTES_MS,
  });
  return server.nobody.showing(token).at(clinicId);
}

async function accountOf(client: TestClient): Promise<AccountId> {
  const { body } = await client.get<{ account: { id: string } }>('/api/v1/users/me');
  return asAccountId(body.account.id);
}
