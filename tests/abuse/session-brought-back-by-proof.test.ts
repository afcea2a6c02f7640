// The attacker has a session of the victim and knows the password, and proves themselves again and again: each proof makes a new session
// in place of the old one. The victim notices and ends everything: by a new password, by a link from the mail, by ending the other
// sessions. A proof that is being judged at that very moment must not carry the attacker over, at whichever step it is.
import { type AccountId, asAccountId } from '@careward/kernel';
import { SoftwareAuthenticator } from '@careward/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { afterNext } from '../../apps/server/test-harness/after-next.ts';
import { TEST_PUBLIC_URL } from '../../apps/server/test-harness/client.ts';
import {
  admitPerson,
  startTwoClinics,
  TEST_PASSWORD,
  type TestClient,
} from '../../apps/server/test-harness/index.ts';

const NEW_PASSWORD = 'quite another long password';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

/** Somebody with two sessions: the attacker has the first one. */
interface Victim {
  readonly id: AccountId;
  readonly email: string;
  readonly stolen: TestClient;
  readonly own: TestClient;
}

let made = 0;
async function victim(): Promise<Victim> {
  made += 1;
  const email = `victim${made}@example.org`;
  const person = { email, displayName: 'Victim', password: TEST_PASSWORD, roles: ['NURSE'] };
  await admitPerson(server, server.world.north.staff.CLINIC_ADMIN, person);
  const stolen = await server.nobody.signIn(email, TEST_PASSWORD);
  const own = await server.nobody.signIn(email, TEST_PASSWORD);
  const { body } = await own.get<{ account: { id: string } }>('/api/v1/users/me');
  return { id: asAccountId(body.account.id), email, stolen, own };
}

const prove = (client: TestClient) =>
  client.post<{ code?: string; accessToken?: string }>('/api/v1/auth/reauthenticate', {
    password: TEST_PASSWORD,
  });
const changePassword = (client: TestClient) =>
  client.call('PUT', '/api/v1/auth/password', {
    currentPassword: TEST_PASSWORD,
    newPassword: NEW_PASSWORD,
  });
const endOthers = (client: TestClient) => client.call('DELETE', '/api/v1/auth/sessions');
const livingSessions = async ({ id }: Victim) =>
  (await server.running.platform.stores.identity.list(id)).length;

/** The link to a new password: asked for now, used when the answer is called. */
async function resetInHand(email: string) {
  await server.nobody.post('/api/v1/auth/password-reset', { email });
  const code = await server.mailbox.code(email);
  return () => server.nobody.post('/api/v1/auth/password-reset/confirm', { code, newPassword: NEW_PASSWORD });
}

/** After the password of the next proof was found right. */
const afterPassword = <Answer>(act: () => Promise<Answer>) =>
  afterNext(server.running.platform.passwords, 'matches', act);
/** After the session of the next proof was found alive. */
const afterSession = <Answer>(act: () => Promise<Answer>) =>
  afterNext(server.running.platform.stores.identity, 'list', act);
/** After the session of the next proof was ended, and the rights of the one to come were read. */
const afterEnd = <Answer>(act: () => Promise<Answer>) =>
  afterNext(server.running.platform.sessionRepository, 'standing', act);

/** The same, counted from the password. */
function later<Answer>(step: typeof afterSession, act: () => Promise<Answer>): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  afterPassword(async () => void step(act).then(resolve, reject)).catch(reject);
  return promise;
}

describe('a proof that is being judged carries nobody over', () => {
  it.each([
    ['after the session was found', afterSession],
    ['after the session was ended', afterEnd],
  ])('a reset of the password, confirmed %s', async (_, step) => {
    const person = await victim();
    const confirmed = later(step, await resetInHand(person.email));
    expect((await prove(person.stolen)).body.code).toBe('authentication-session-ended');
    expect((await confirmed).status).toBe(204);
    expect(await livingSessions(person)).toBe(0);
  });

  it.each([
    ['a new password', 'after the session was found', changePassword, afterSession],
    ['a new password', 'after the session was ended', changePassword, afterEnd],
    ['an end of the other sessions', 'after the session was found', endOthers, afterSession],
    ['an end of the other sessions', 'after the session was ended', endOthers, afterEnd],
  ])('%s, set %s', async (_what, _when, act, step) => {
    const person = await victim();
    const ended = later(step, () => act(person.own));
    expect((await prove(person.stolen)).status).toBe(401);
    expect((await ended).status).toBeLessThan(300);
    expect(await livingSessions(person)).toBe(1);
    expect((await person.own.get('/api/v1/users/me')).status).toBe(200);
  });

  it('a new password that the very same session sets, since the proof was of the old one', async () => {
    const person = await victim();
    const changed = afterPassword(() => changePassword(person.stolen));
    expect((await prove(person.stolen)).body.code).toBe('authentication-failed');
    expect((await changed).status).toBe(204);
    expect(await livingSessions(person)).toBe(0);
  });

  it('a proof by passkey neither', async () => {
    const person = await victim();
    const device = await addPasskey(person.own);
    const { body } = await person.stolen.post<never>('/api/v1/auth/reauthenticate/passkey/options', {});
    const response = device.get(body);
    const ended = afterSession(() => endOthers(person.own));
    const proof = await person.stolen.post('/api/v1/auth/reauthenticate/passkey', { response });
    expect(proof.body.code).toBe('authentication-session-ended');
    expect((await ended).status).toBe(200);
    expect(await livingSessions(person)).toBe(1);
  });
});

it('two proofs with one session make one session', async () => {
  const person = await victim();
  const other = later(afterSession, () => prove(person.stolen));
  const statuses = [(await prove(person.stolen)).status, (await other).status];
  expect(statuses.toSorted()).toEqual([200, 401]);
  expect(await livingSessions(person)).toBe(2);
});

async function addPasskey(client: TestClient): Promise<SoftwareAuthenticator> {
  const device = new SoftwareAuthenticator(TEST_PUBLIC_URL);
  const { body } = await client.post<never>('/api/v1/users/me/passkeys/options', {});
  const response = device.create(body);
  const added = await client.post('/api/v1/users/me/passkeys', { label: 'Phone', response });
  expect(added.status).toBe(201);
  return device;
}
