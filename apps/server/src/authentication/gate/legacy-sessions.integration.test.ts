import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  admitPerson,
  startTestServer,
  TEST_PASSWORD,
  type TestClient,
  type TestServer,
} from '../../../test-harness/index.ts';
import { olderToken } from '../../../test-harness/older-token.ts';
import { systemContext } from '../../platform/index.ts';

const DAY_MS = 86_400_000;
const secret = randomBytes(48).toString('base64');
let folder: string;
let server: TestServer;
let root: TestClient;
let clinicId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'careward-legacy-'));
  const file = join(folder, 'secret');
  await writeFile(file, secret, { mode: 0o600 });
  server = await startTestServer({
    CAREWARD_LEGACY_TOKEN_SECRET_FILE: file,
    CAREWARD_LEGACY_TOKENS_UNTIL: new Date(Date.now() + 60 * DAY_MS).toISOString().slice(0, 10),
  });
  const code = server.running.setupCode?.reveal() ?? '';
  const account = { email: 'root@example.org', password: TEST_PASSWORD, displayName: 'Root' };
  await server.nobody.post('/api/v1/setup', { code, ...account });
  root = await server.nobody.signIn(account.email, TEST_PASSWORD);
  const clinic = await root.post<{ id: string }>('/api/v1/clinics', { name: 'North' });
  clinicId = clinic.body.id;
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

let made = 0;
/** A nurse with a token of the older system, good for thirty days, and a session of today. */
async function nurse() {
  made += 1;
  const email = `nurse${made}@example.org`;
  const person = { email, displayName: 'Nurse', password: TEST_PASSWORD, roles: ['NURSE'] };
  await admitPerson(server, root.at(clinicId), person);
  const today = await server.nobody.signIn(email, TEST_PASSWORD);
  const { id } = (await today.get<{ account: { id: string } }>('/api/v1/users/me')).body.account as {
    id: string;
  };
  return { email, id, today, older: server.nobody.showing(olderToken(secret, id)) };
}

const alive = async (client: TestClient) => (await client.get('/api/v1/users/me')).status;

describe('a token of the older system', () => {
  it('opens a session until that is ended, and no second one', async () => {
    const { older } = await nurse();
    expect(await alive(older)).toBe(200);
    expect((await older.post('/api/v1/auth/sign-out', undefined)).status).toBe(204);
    expect(await alive(older)).toBe(401);
  });

  it('opens its session for all requests that bring it first at the same time', async () => {
    const { older } = await nurse();
    const answers = await Promise.all(Array.from({ length: 6 }, () => alive(older)));
    expect(answers).toEqual([200, 200, 200, 200, 200, 200]);
  });

  it('is over for as long as it would have lasted, when its session was ended', async () => {
    const { older, id } = await nurse();
    await alive(older);
    await older.post('/api/v1/auth/sign-out', undefined);
    const identity = server.running.platform.database.forIdentity(systemContext());
    const [row] = await identity.run(
      identity.build.selectFrom('session_revocation').select('expires_at').where('account_id', '=', id),
    );
    expect(row?.expires_at.getTime()).toBeGreaterThan(Date.now() + 30 * DAY_MS);
  });

  it.each([true, false])('ends with the password that was reset (used before: %s)', async (isUsed) => {
    const { older, email } = await nurse();
    if (isUsed) expect(await alive(older)).toBe(200);
    await server.nobody.post('/api/v1/auth/password-reset', { email });
    const code = await server.mailbox.code(email);
    const newPassword = 'another staple of a battery';
    const reset = await server.nobody.post('/api/v1/auth/password-reset/confirm', { code, newPassword });
    expect(reset.status).toBe(204);
    expect(await alive(older)).toBe(401);
  });

  it.each([true, false])('ends with the password that was changed (used before: %s)', async (isUsed) => {
    const { older, today } = await nurse();
    if (isUsed) expect(await alive(older)).toBe(200);
    const change = { currentPassword: TEST_PASSWORD, newPassword: 'another staple of a battery' };
    expect((await today.call('PUT', '/api/v1/auth/password', change)).status).toBe(204);
    expect(await alive(today)).toBe(200);
    expect(await alive(older)).toBe(401);
  });

  it.each([true, false])('ends with all other sessions of its person (used before: %s)', async (isUsed) => {
    const { older, today } = await nurse();
    if (isUsed) expect(await alive(older)).toBe(200);
    expect((await today.call('DELETE', '/api/v1/auth/sessions')).status).toBe(200);
    expect(await alive(today)).toBe(200);
    expect(await alive(older)).toBe(401);
  });

  it('ends with an account that is disabled, also when that is enabled again', async () => {
    const { older, id } = await nurse();
    expect(await alive(older)).toBe(200);
    const status = (to: string) =>
      root.at(clinicId).call('PUT', `/api/v1/users/${id}/status`, { status: to });
    expect((await status('disabled')).status).toBe(204);
    expect((await status('active')).status).toBe(204);
    expect(await alive(older)).toBe(401);
  });
});
