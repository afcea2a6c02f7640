// The attacker administers a clinic and is about to be dismissed. They invite addresses of their own, as many as they like, and accept
// when they are gone: with no role, another role, a closed or deleted account; or at the very moment of their dismissal. An invitation
// is worth what its author's rights are worth when it is accepted.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterNext } from '../../apps/server/test-harness/after-next.ts';
import {
  admitPerson,
  startTwoClinics,
  TEST_PASSWORD,
  type TestClient,
} from '../../apps/server/test-harness/index.ts';

const REFUSED = { status: 403, body: { code: 'invitation-refused' } };

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let chief: TestClient;
beforeAll(async () => {
  server = await startTwoClinics();
  chief = server.world.north.staff.CLINIC_ADMIN;
});
afterAll(() => server.stop());

/** A second administrator of the clinic. */
interface Attacker {
  readonly id: string;
  readonly client: TestClient;
}

let made = 0;
const newEmail = () => {
  made += 1;
  return `somebody${made}@example.org`;
};

async function attacker(): Promise<Attacker> {
  const email = newEmail();
  const person = { email, displayName: 'Attacker', password: TEST_PASSWORD, roles: ['CLINIC_ADMIN'] };
  await admitPerson(server, chief, person);
  const client = await server.nobody.signIn(email, TEST_PASSWORD);
  const { body } = await client.get<{ account: { id: string } }>('/api/v1/users/me');
  return { id: body.account.id, client };
}

/** An invitation to an address that has no account. */
async function invited(by: TestClient, email = newEmail()) {
  const { status } = await by.post('/api/v1/users/invitations', { email, roles: ['CLINIC_ADMIN'] });
  expect(status).toBe(201);
  return { email, code: await server.mailbox.code(email) };
}

/** An invitation to the address of somebody of the other clinic, who is signed in. */
async function invitedWithAccount(by: TestClient) {
  const email = newEmail();
  const person = { email, displayName: 'Accomplice', password: TEST_PASSWORD, roles: ['NURSE'] };
  await admitPerson(server, server.world.south.staff.CLINIC_ADMIN, person);
  return { ...(await invited(by, email)), self: await server.nobody.signIn(email, TEST_PASSWORD) };
}

const accept = (code: string) =>
  server.nobody.post('/api/v1/invitations/accept', { code, displayName: 'Back', password: TEST_PASSWORD });
const acceptAs = (self: TestClient, code: string) =>
  self.post('/api/v1/invitations/accept-signed-in', { code });
const setRoles = (roles: string[]) => (id: string) =>
  chief.call('PUT', `/api/v1/users/${id}/roles`, { roles });
const disable = (by: () => TestClient) => (id: string) =>
  by().call('PUT', `/api/v1/users/${id}/status`, { status: 'disabled' });
const root = () => server.world.administrator.at(server.world.north.id);
const listed = async () =>
  (await chief.get<{ items: { email: string }[] }>('/api/v1/users/invitations?limit=100')).body.items.map(
    ({ email }) => email,
  );
/** Who belongs to the clinic, by address. */
const members = async () =>
  (await chief.get<{ items: { email: string }[] }>('/api/v1/users?limit=100')).body.items.map(
    ({ email }) => email,
  );

describe('an invitation of an administrator', () => {
  it.each([
    ['has lost every role', setRoles([])],
    ['has another role now', setRoles(['NURSE'])],
    ['was disabled by the clinic', disable(() => chief)],
    ['was closed by the platform', disable(root)],
    ['was deleted', (id: string) => root().call('DELETE', `/api/v1/users/${id}`)],
  ])('who %s lets nobody in', async (_, dismiss) => {
    const { id, client } = await attacker();
    const [fresh, known] = [await invited(client), await invitedWithAccount(client)];
    expect(await listed()).toEqual(expect.arrayContaining([fresh.email, known.email]));
    expect((await dismiss(id)).status).toBeLessThan(300);
    expect(await accept(fresh.code)).toMatchObject(REFUSED);
    expect(await acceptAs(known.self, known.code)).toMatchObject(REFUSED);
    const open = await listed();
    expect([open.includes(fresh.email), open.includes(known.email)]).toEqual([false, false]);
  });

  it('who is dismissed while it is being accepted lets nobody in', async () => {
    const [one, two] = [await attacker(), await attacker()];
    const [fresh, known] = [await invited(one.client), await invitedWithAccount(two.client)];
    const { passwords, stores } = server.running.platform;
    const first = afterNext(passwords, 'hash', () => setRoles([])(one.id));
    expect(await accept(fresh.code)).toMatchObject(REFUSED);
    expect((await first).status).toBe(204);
    const second = afterNext(stores.identity, 'beginChange', () => setRoles([])(two.id));
    expect(await acceptAs(known.self, known.code)).toMatchObject(REFUSED);
    expect((await second).status).toBe(204);
    const present = await members();
    expect([present.includes(fresh.email), present.includes(known.email)]).toEqual([false, false]);
  });

  it('who administers on, and of the platform, lets in whom it was sent to', async () => {
    for (const by of [(await attacker()).client, root()]) {
      expect((await accept((await invited(by)).code)).status).toBe(201);
      const { self, code } = await invitedWithAccount(by);
      expect((await acceptAs(self, code)).status).toBe(204);
    }
  });
});
