// The attacker has a link from a mail that was not theirs to use, or was used: an old one, one of another purpose, of another clinic, of
// another account, or the same one as its reader at the same moment. A code works once, for what it was made for, and for a short time.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testIdentityContext } from '../../apps/server/test-harness/contexts.ts';
import {
  admitPerson,
  startTwoClinics,
  TEST_PASSWORD,
  type TestClient,
} from '../../apps/server/test-harness/index.ts';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
  const { north } = server.world;
  await north.staff.CLINIC_ADMIN.call('PATCH', `/api/v1/clinics/${north.id}/settings`, {
    selfRegistration: true,
  });
});
afterAll(() => server.stop());

const NEW_PASSWORD = 'quite another long password';
const REFUSED = { status: 403, body: { code: 'mailed-code-refused' } };

let made = 0;
async function person() {
  made += 1;
  const email = `person${made}@example.org`;
  const someone = { email, displayName: 'Somebody', password: TEST_PASSWORD, roles: ['NURSE'] };
  await admitPerson(server, server.world.north.staff.CLINIC_ADMIN, someone);
  return { email, client: await server.nobody.signIn(email, TEST_PASSWORD) };
}
const alive = async (client: TestClient) => (await client.get('/api/v1/users/me')).status;
const register = (email: string, clinicId = server.world.north.id) =>
  server.nobody.post('/api/v1/registrations', { clinicId, email });
const verify = (code: string) =>
  server.nobody.post('/api/v1/registrations/verify', {
    code,
    displayName: 'Patient',
    password: TEST_PASSWORD,
  });
const askReset = (email: string) => server.nobody.post('/api/v1/auth/password-reset', { email });
const reset = (code: string, newPassword = NEW_PASSWORD) =>
  server.nobody.post('/api/v1/auth/password-reset/confirm', { code, newPassword });

describe('the link of a registration', () => {
  it('makes a patient of the clinic, once, also when it is opened twice at the same moment', async () => {
    expect((await register('patient1@example.org')).status).toBe(202);
    await expect(server.nobody.signIn('patient1@example.org', TEST_PASSWORD)).rejects.toThrow('401');
    const code = await server.mailbox.code('patient1@example.org');
    const statuses = (await Promise.all([verify(code), verify(code), verify(code)])).map(
      (each) => each.status,
    );
    expect(statuses.toSorted()).toEqual([201, 403, 403]);
    const self = await server.nobody.signIn('patient1@example.org', TEST_PASSWORD);
    const me = await self.get<{ memberships: unknown[] }>('/api/v1/users/me');
    expect(me.body.memberships).toMatchObject([{ clinicId: server.world.north.id, roles: ['PATIENT'] }]);
  });

  it('is void when it is old, replaced, guessed, of another clinic, or of a clinic that has closed', async () => {
    const { north, south } = server.world;
    await register('patient2@example.org');
    const first = await server.mailbox.code('patient2@example.org');
    expect(await verify(first.replace(north.id, south.id))).toMatchObject(REFUSED);
    await register('patient2@example.org');
    const second = await server.mailbox.code('patient2@example.org');
    expect(await verify(first)).toMatchObject(REFUSED);
    expect(await verify(`${north.id}.${'A'.repeat(43)}`)).toMatchObject(REFUSED);
    const settle = (selfRegistration: boolean) =>
      north.staff.CLINIC_ADMIN.call('PATCH', `/api/v1/clinics/${north.id}/settings`, { selfRegistration });
    await settle(false);
    expect(await verify(second)).toMatchObject(REFUSED);
    await settle(true);
    await expireCodes('registration');
    expect(await verify(second)).toMatchObject(REFUSED);
  });

  it('is sent by no clinic that is closed, and none that does not exist: both answer alike', async () => {
    const closed = await register('patient3@example.org', server.world.south.id);
    const absent = await register('patient3@example.org', '01980000-0000-7000-8000-00000000000a');
    expect([closed.status, closed.body.code]).toEqual([403, 'registration-closed']);
    expect({ ...absent.body, instance: '' }).toEqual({ ...closed.body, instance: '' });
    expect(await server.mailbox.all('patient3@example.org')).toEqual([]);
  });
});

describe('the link to a new password', () => {
  it('sets it once, ends every session, tells the person, and signs nobody in', async () => {
    const { email, client } = await person();
    expect((await askReset(email)).status).toBe(202);
    const code = await server.mailbox.code(email);
    const answers = await Promise.all([reset(code), reset(code)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 403]);
    expect(answers.find(({ status }) => status === 204)?.text).toBe('');
    expect(await alive(client)).toBe(401);
    await expect(server.nobody.signIn(email, TEST_PASSWORD)).rejects.toThrow('401');
    expect(await alive(await server.nobody.signIn(email, NEW_PASSWORD))).toBe(200);
    expect(await server.mailbox.about(email, 'Your password was changed')).toBeDefined();
  });

  it('is void when it is old, replaced, guessed or of another purpose', async () => {
    const { email, client } = await person();
    await askReset(email);
    const first = await server.mailbox.code(email);
    await askReset(email);
    const second = await server.mailbox.code(email);
    expect(await reset(first)).toMatchObject(REFUSED);
    await client.call('PUT', '/api/v1/users/me/email', { email: `new-${email}` });
    const change = await server.mailbox.code(`new-${email}`);
    expect(await reset(change)).toMatchObject(REFUSED);
    expect(await client.post('/api/v1/users/me/email/confirm', { code: second })).toMatchObject(REFUSED);
    await expireCodes('email_code');
    expect(await reset(second)).toMatchObject(REFUSED);
    expect(await alive(client)).toBe(200);
  });

  it('sets no weak password, and is good for a better one afterwards', async () => {
    const { email } = await person();
    await askReset(email);
    const code = await server.mailbox.code(email);
    expect((await reset(code, 'aaaaaaaaaaaaaaaaaaaa')).status).toBe(400);
    expect((await reset(code)).status).toBe(204);
  });

  it('goes to the address as the account has it, however the one that was typed is written', async () => {
    const { email } = await person();
    const lookalike = email.replace('p', 'ｐ');
    expect((await askReset(lookalike)).status).toBe(202);
    expect(await server.mailbox.code(email)).toHaveLength(43);
    expect(await server.mailbox.all(lookalike)).toEqual([]);
  });

  it('is not sent to an account that is disabled', async () => {
    const { email, client } = await person();
    const me = await client.get<{ account: { id: string } }>('/api/v1/users/me');
    const admin = server.world.north.staff.CLINIC_ADMIN;
    await admin.call('PUT', `/api/v1/users/${me.body.account.id}/status`, { status: 'disabled' });
    expect((await askReset(email)).status).toBe(202);
    // Mail leaves in the order in which it was asked for: what comes later shows that nothing came before it.
    const other = await person();
    await askReset(other.email);
    await server.mailbox.code(other.email);
    const mails = await server.mailbox.all(email);
    expect(mails.filter(({ code }) => code !== undefined)).toEqual([]);
  });
});

describe('the link to another address', () => {
  it('changes it, for the account that asked and no other, and tells the former address', async () => {
    const [one, two] = [await person(), await person()];
    const wanted = `changed-${one.email}`;
    expect((await one.client.call('PUT', '/api/v1/users/me/email', { email: wanted })).status).toBe(202);
    const asked = 'Another e-mail address was entered for your account';
    expect((await server.mailbox.about(one.email, asked)).text).not.toContain(wanted);
    const code = await server.mailbox.code(wanted);
    const confirm = (client: TestClient) => client.post('/api/v1/users/me/email/confirm', { code });
    expect(await confirm(two.client)).toMatchObject(REFUSED);
    expect((await confirm(one.client)).status).toBe(204);
    expect(await confirm(one.client)).toMatchObject(REFUSED);
    expect(await server.mailbox.about(one.email, 'Your e-mail address was changed')).toBeDefined();
    await expect(server.nobody.signIn(one.email, TEST_PASSWORD)).rejects.toThrow('401');
    expect(await alive(await server.nobody.signIn(wanted, TEST_PASSWORD))).toBe(200);
  });

  it('tells nothing of who has the address until its mail was read, and takes no account over', async () => {
    const [one, two] = [await person(), await person()];
    const free = await one.client.call('PUT', '/api/v1/users/me/email', { email: 'free@example.org' });
    const taken = await one.client.call('PUT', '/api/v1/users/me/email', { email: two.email });
    expect([taken.status, taken.text]).toEqual([free.status, free.text]);
    const code = await server.mailbox.code(two.email);
    expect(await one.client.post('/api/v1/users/me/email/confirm', { code })).toMatchObject({
      status: 409,
      body: { code: 'email-taken' },
    });
    expect(await alive(await server.nobody.signIn(two.email, TEST_PASSWORD))).toBe(200);
  });

  it('makes an open link to a new password void: the former mailbox opens nothing any more', async () => {
    const { email, client } = await person();
    await askReset(email);
    const stale = await server.mailbox.code(email);
    await client.call('PUT', '/api/v1/users/me/email', { email: `moved-${email}` });
    const code = await server.mailbox.code(`moved-${email}`);
    await client.post('/api/v1/users/me/email/confirm', { code });
    expect(await reset(stale)).toMatchObject(REFUSED);
  });
});

/** Turns the clock of open codes back by their whole life, as nobody but the database could. */
async function expireCodes(table: 'registration' | 'email_code'): Promise<void> {
  const { database } = server.running.platform;
  const clinicId = server.world.north.id as never;
  const identity = database.forIdentity(testIdentityContext({ clinicId }));
  if (table === 'registration') {
    await identity.run(identity.build.updateTable('registration').set({ expires_at: new Date(0) }));
    return;
  }
  const codes = await identity.run(identity.build.deleteFrom('email_code').returningAll());
  await identity.run(
    identity.build
      .insertInto('email_code')
      .values(codes.map((code) => ({ ...code, expires_at: new Date(0) }))),
  );
}
