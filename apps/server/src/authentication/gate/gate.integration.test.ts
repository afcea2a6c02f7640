import { readFile } from 'node:fs/promises';
import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoClinics, TEST_PASSWORD, type TestClient } from '../../../test-harness/index.ts';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

describe('one round trip to the store', () => {
  it.each<[string, () => TestClient, string]>([
    ['a bearer token', () => server.world.north.staff.DOCTOR, '/api/v1/users/me'],
    ['a route with PHI', () => server.world.north.staff.DOCTOR, `/api/v1/patients`],
    ['nobody', () => server.nobody, '/api/v1/ledger/key'],
    ['nobody on a route that needs somebody', () => server.nobody, '/api/v1/users/me'],
    ['a forged token', () => server.nobody.with({ authorization: 'Bearer a.b.c' }), '/api/v1/users/me'],
  ])('for a request of %s', async (_name, client, path) => {
    expect(await tripsOf(() => client().get(path))).toBe(1);
  });

  it('for a request with a proof of possession', async () => {
    const doctor = await server.nobody.bound().signIn('doctor@north.example.org', TEST_PASSWORD);
    expect((await doctor.get('/api/v1/users/me')).status).toBe(200);
    expect(await tripsOf(() => doctor.get('/api/v1/users/me'))).toBe(1);
  });

  it('and none at all for health checks', async () => {
    expect(await tripsOf(() => server.nobody.get('/health/live'))).toBe(0);
  });
});

describe('what the store does not know', () => {
  it('is asked of the database once, and believed afterwards', async () => {
    const nurse = await server.nobody.signIn('nurse@north.example.org', TEST_PASSWORD);
    const { body } = await nurse.get<{ account: { id: string } }>('/api/v1/users/me');
    const before = server.running.platform.database.roundTrips;
    await nurse.get('/api/v1/auth/sessions');
    expect(server.running.platform.database.roundTrips - before).toBe(0);
    const { stores } = server.running.platform;
    await stores.identity.beginChange(body.account.id as never, 60_000);
    expect((await nurse.get('/api/v1/auth/sessions')).status).toBe(200);
    expect(server.running.platform.database.roundTrips).toBeGreaterThan(before);
    await stores.identity.settleChange(body.account.id as never, { epoch: 0, rightsVersion: 0 });
    expect((await nurse.get('/api/v1/auth/sessions')).status).toBe(200);
  });
});

describe('a body that arrives slowly', () => {
  it('does not carry a request across the end of its session', async () => {
    const receptionist = await signedIn('receptionist@north.example.org');
    const body = JSON.stringify({ name: { text: 'Slow Body' }, birthDate: '1990-01-01' });
    const answer = await slowly(receptionist.token, body, async () => {
      const other = server.nobody.with({ authorization: `Bearer ${receptionist.token}` });
      expect((await other.post('/api/v1/auth/sign-out', undefined)).status).toBe(204);
    });
    expect(answer).toMatchObject({ status: 401, code: 'authentication-session-ended' });
  });

  it('is taken while its session lives', async () => {
    const receptionist = await signedIn('receptionist@north.example.org');
    const body = JSON.stringify({ name: { text: 'Slow Body' }, birthDate: '1990-01-01' });
    expect(await slowly(receptionist.token, body, async () => undefined)).toMatchObject({ status: 201 });
  });
});

async function tripsOf(work: () => Promise<unknown>): Promise<number> {
  const { stores } = server.running.platform;
  const before = stores.roundTrips();
  await work();
  return stores.roundTrips() - before;
}

async function signedIn(email: string): Promise<{ token: string }> {
  const { body } = await server.nobody.post<{ accessToken: string }>('/api/v1/auth/sign-in', {
    email,
    password: TEST_PASSWORD,
  });
  return { token: body.accessToken };
}

/** Registers a patient, sending half of the body, then doing something else for more than a second, then the rest. */
async function slowly(token: string, body: string, meanwhile: () => Promise<void>) {
  const { url, authorityFile = '' } = server.running;
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; code?: string }>();
  const sent = httpsRequest(new URL('/api/v1/patients', url), {
    method: 'POST',
    ca: await readFile(authorityFile),
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': body.length,
      'x-clinic-id': server.world.north.id,
      'x-purpose-of-use': 'HOPERAT',
    },
  });
  sent.on('error', reject).on('response', (response) => {
    let text = '';
    response.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    response.on('end', () => resolve({ ...JSON.parse(text), status: response.statusCode ?? 0 }));
  });
  sent.write(body.slice(0, 10));
  await new Promise((passed) => setTimeout(passed, 1_200));
  await meanwhile();
  sent.end(body.slice(10));
  return await promise;
}
