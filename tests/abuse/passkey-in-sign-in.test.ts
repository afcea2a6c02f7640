// A stranger knows the password of somebody who signs in with a passkey, or sits between the person and the server.
import { SoftwareAuthenticator } from '@careward/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_PUBLIC_URL } from '../../apps/server/test-harness/client.ts';
import {
  startTestServer,
  TEST_PASSWORD,
  type TestClient,
  type TestServer,
} from '../../apps/server/test-harness/index.ts';

let server: TestServer;
let clinic: TestClient;
beforeAll(async () => {
  server = await startTestServer({
    CAREWARD_SECOND_FACTOR_ROLES: 'NURSE',
    CAREWARD_BEARER_ROLES: 'SUPER_ADMIN',
  });
  const root = { email: 'root@example.org', password: TEST_PASSWORD };
  const code = server.running.setupCode?.reveal();
  await server.nobody.post('/api/v1/setup', { code, ...root, displayName: 'Root' });
  const administrator = await server.nobody.signIn(root.email, root.password);
  const { body } = await administrator.post<{ id: string }>('/api/v1/clinics', { name: 'North' });
  clinic = administrator.at(body.id);
});
afterAll(() => server.stop());

const AUTH = '/api/v1/auth';
const OWN = '/api/v1/users/me/passkeys';

/** What any step of a sign-in answers. */
interface Step {
  readonly status: string;
  readonly code?: string;
  readonly challenge: string;
  readonly accessToken: string;
}

/** A nurse with a passkey, signed in by a client with a key. */
interface Nurse {
  readonly email: string;
  readonly device: SoftwareAuthenticator;
  readonly self: TestClient;
}

describe('a passkey in a sign-in', () => {
  it('is enough alone, and is the second factor beside the password', async () => {
    const { email, device } = await nurse();
    const client = server.nobody.bound();
    const alone = await signInAlone(client, device);
    expect(alone.body.status).toBe('signed-in');
    const { challenge } = await firstStep(client, email);
    const options = await client.post<never>(`${AUTH}/sign-in/passkey/options`, { challenge });
    const response = device.get(options.body);
    const both = await client.post<Step>(`${AUTH}/sign-in/passkey`, { challenge, response });
    expect(both.body.status).toBe('signed-in');
    const again = await client.post<Step>(`${AUTH}/sign-in/passkey`, { challenge, response });
    expect(again.body.code).toBe('authentication-challenge-invalid');
  });

  it('cannot be added by a stranger who knows the password', async () => {
    const { email } = await nurse();
    const stranger = server.nobody.bound();
    const { challenge, status } = await firstStep(stranger, email);
    expect(status).toBe('second-factor-required');
    const options = await stranger.post(`${AUTH}/sign-in/passkey-enrolment/options`, { challenge });
    expect(options.body.code).toBe('authentication-challenge-invalid');
  });

  it('cannot be added by a stranger who began before the person had one', async () => {
    const email = await invited();
    const stranger = server.nobody.bound();
    const { challenge } = await firstStep(stranger, email);
    const options = await stranger.post<never>(`${AUTH}/sign-in/passkey-enrolment/options`, { challenge });
    await enrol(server.nobody.bound(), email, new SoftwareAuthenticator(TEST_PUBLIC_URL));
    const response = new SoftwareAuthenticator(TEST_PUBLIC_URL).create(options.body);
    const added = await stranger.post(`${AUTH}/sign-in/passkey-enrolment`, {
      challenge,
      label: 'Mine',
      response,
    });
    expect(added.body.code).toBe('authentication-challenge-invalid');
  });

  it('does not sign in a stranger to whom its answer was relayed', async () => {
    const { device } = await nurse();
    const options = await server.nobody.bound().post<never>(`${AUTH}/passkeys/options`, {});
    const response = device.get(options.body);
    const stolen = await server.nobody.bound().post(`${AUTH}/passkeys/sign-in`, { response });
    expect([stolen.status, stolen.body.code]).toEqual([401, 'passkey-refused']);
  });

  it('does not sign in whose account is closed', async () => {
    const { device, self } = await nurse();
    const { body } = await self.get<{ account: { id: string } }>('/api/v1/users/me');
    const closed = await clinic.call('PUT', `/api/v1/users/${body.account.id}/status`, {
      status: 'disabled',
    });
    expect(closed.status).toBeLessThan(300);
    expect((await signInAlone(server.nobody.bound(), device)).status).toBe(401);
  });
});

describe('the own passkeys', () => {
  it('can be more than one, and the last one stays while a role needs it', async () => {
    const { self, device } = await nurse();
    const other = new SoftwareAuthenticator(TEST_PUBLIC_URL);
    const options = await self.post<never>(`${OWN}/options`, {});
    const added = await self.post<{ items: { credentialId: string }[] }>(OWN, {
      label: 'Spare',
      response: other.create(options.body),
    });
    expect(added.status).toBe(201);
    const [first, second] = added.body.items.map(({ credentialId }) => `${OWN}/${credentialId}`);
    expect((await self.call('DELETE', first ?? '')).status).toBe(204);
    const last = await self.call<{ code: string }>('DELETE', second ?? '');
    expect([last.status, last.body.code]).toEqual([409, 'passkey-last-factor']);
    expect((await signInAlone(server.nobody.bound(), device)).body.code).toBe('passkey-refused');
    expect((await signInAlone(server.nobody.bound(), other)).body.status).toBe('signed-in');
  });

  it('prove their own person again, in the session that asks', async () => {
    const [one, other] = [await nurse(), await nurse()];
    const path = `${AUTH}/reauthenticate/passkey`;
    const own = await one.self.post<{ challenge: string; rpId: string }>(`${path}/options`, {});
    const { challenge, rpId } = own.body;
    const foreign = await one.self.post(path, { response: other.device.get({ challenge, rpId }) });
    expect(foreign.body.code).toBe('passkey-refused');
    const next = await one.self.post<never>(`${path}/options`, {});
    const elsewhere = await other.self.post(path, { response: one.device.get(next.body) });
    expect(elsewhere.body.code).toBe('passkey-refused');
    const asked = await one.self.post<never>(`${path}/options`, {});
    const client = server.nobody.bound();
    const second = client.showing((await signInAlone(client, one.device)).body.accessToken);
    const otherSession = await second.post(path, { response: one.device.get(asked.body) });
    expect(otherSession.body.code).toBe('passkey-refused');
    const again = await one.self.post<never>(`${path}/options`, {});
    const proved = await one.self.post(path, { response: one.device.get(again.body) });
    expect(proved.status).toBeLessThan(300);
  });

  it('are seen by their person only', async () => {
    const [one, other] = [await nurse(), await nurse()];
    const { body } = await one.self.get<{ items: { credentialId: string }[] }>(OWN);
    expect(body.items).toHaveLength(1);
    const removal = await other.self.call('DELETE', `${OWN}/${body.items[0]?.credentialId}`);
    expect(removal.status).toBe(404);
  });
});

let people = 0;

/** Somebody with the role of a nurse, a password, and no second factor yet. */
async function invited(): Promise<string> {
  people += 1;
  const email = `nurse-${people}@example.org`;
  await clinic.post('/api/v1/users/invitations', { email, roles: ['NURSE'] });
  const code = await server.mailbox.code(email);
  const account = { code, displayName: 'Grace', password: TEST_PASSWORD };
  const { status, text } = await server.nobody.post('/api/v1/invitations/accept', account);
  if (status !== 201) throw new Error(`accepting: ${status} ${text}`);
  return email;
}

async function nurse(): Promise<Nurse> {
  const email = await invited();
  const device = new SoftwareAuthenticator(TEST_PUBLIC_URL);
  const self = await enrol(server.nobody.bound(), email, device);
  return { email, device, self };
}

async function firstStep(client: TestClient, email: string): Promise<Step> {
  const { body } = await client.post<Step>(`${AUTH}/sign-in`, { email, password: TEST_PASSWORD });
  return body;
}

/** Adds the first passkey within a sign-in, which it ends. */
async function enrol(client: TestClient, email: string, device: SoftwareAuthenticator): Promise<TestClient> {
  const { challenge } = await firstStep(client, email);
  const path = `${AUTH}/sign-in/passkey-enrolment`;
  const options = await client.post<never>(`${path}/options`, { challenge });
  const response = device.create(options.body);
  const { body, text } = await client.post<Step>(path, { challenge, label: 'Phone', response });
  if (body.status !== 'signed-in') throw new Error(`enrolment: ${text}`);
  return client.showing(body.accessToken);
}

async function signInAlone(client: TestClient, device: SoftwareAuthenticator) {
  const options = await client.post<never>(`${AUTH}/passkeys/options`, {});
  return client.post<Step>(`${AUTH}/passkeys/sign-in`, { response: device.get(options.body) });
}
