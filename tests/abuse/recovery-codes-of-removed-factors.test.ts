// The attacker has found a sheet of recovery codes of somebody who has taken their second factors away since, and has forgotten the
// sheet. When that person adds a factor again, those codes must not stand beside it: they went with the factor that they were for.
import { SoftwareAuthenticator } from '@careward/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TEST_PUBLIC_URL } from '../../apps/server/test-harness/client.ts';
import { startTwoClinics, TEST_PASSWORD, type TestClient } from '../../apps/server/test-harness/index.ts';

const EMAIL = 'nurse@north.example.org';
const FACTORS = '/api/v1/users/me/factors';
const PASSKEYS = '/api/v1/users/me/passkeys';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

it('recovery codes go with the last passkey, and do not come back with the next one', async () => {
  const person = await server.nobody.signIn(EMAIL, TEST_PASSWORD);
  const [phone, key] = [await addPasskey(person), await addPasskey(person)];
  const made = await person.post<{ recoveryCodes: string[] }>(`${FACTORS}/recovery-codes`, {});
  const [found = ''] = made.body.recoveryCodes;
  expect((await person.call('DELETE', `${PASSKEYS}/${phone}`)).status).toBe(204);
  expect((await person.get(FACTORS)).body).toMatchObject({ passkeys: 1, recoveryCodesLeft: 10 });
  expect((await person.call('DELETE', `${PASSKEYS}/${key}`)).status).toBe(204);
  expect((await person.get(FACTORS)).body).toMatchObject({ passkeys: 0, recoveryCodesLeft: 0 });
  await addPasskey(person);
  const first = await server.nobody.post<{ challenge: string; factors: string[] }>('/api/v1/auth/sign-in', {
    email: EMAIL,
    password: TEST_PASSWORD,
  });
  const { challenge, factors } = first.body;
  expect(factors).toEqual(['passkey']);
  const proof = { challenge, recoveryCode: found };
  const { status, body } = await server.nobody.post('/api/v1/auth/sign-in/second-factor', proof);
  expect([status, body.code]).toEqual([401, 'authentication-code-wrong']);
});

/** Answers the id of a new passkey. */
async function addPasskey(person: TestClient): Promise<string> {
  const { body } = await person.post<never>(`${PASSKEYS}/options`, {});
  const response = new SoftwareAuthenticator(TEST_PUBLIC_URL).create(body);
  const { status } = await person.post(PASSKEYS, { label: 'Passkey', response });
  expect(status).toBe(201);
  return response.id;
}
