// Tokens of the older system under the rules that production enforces: two factors for everybody of staff, a bound key for everybody.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STAFF_ROLES } from '@careward/access-policy';
import { type AccountId, newId, type SessionId } from '@careward/kernel';
import { FakeClock } from '@careward/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  admitPerson,
  createTestEnvironment,
  TEST_PASSWORD,
  TestClient,
  type TestEnvironment,
  TestMailbox,
} from '../../../test-harness/index.ts';
import { olderToken } from '../../../test-harness/older-token.ts';
import { loadConfiguration } from '../../config/index.ts';
import { type RunningServer, startServer } from '../../server.ts';
import { writeSessionBody } from '../sessions/session-body.ts';

const DAY_MS = 86_400_000;
const STRICT = { CAREWARD_SECOND_FACTOR_ROLES: STAFF_ROLES.join(','), CAREWARD_BEARER_ROLES: 'none' };
const secret = randomBytes(48).toString('base64');
const clock = new FakeClock(Date.now());
let folder: string;
let environment: TestEnvironment;
let older: Readonly<Record<string, string>>;
let running: RunningServer;
let nobody: TestClient;
let nurses: readonly { readonly id: AccountId; readonly today: string }[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'careward-migration-'));
  const file = join(folder, 'secret');
  await writeFile(file, secret, { mode: 0o600 });
  older = {
    CAREWARD_LEGACY_TOKEN_SECRET_FILE: file,
    CAREWARD_LEGACY_TOKENS_UNTIL: new Date(Date.now() + 20 * DAY_MS).toISOString().slice(0, 10),
  };
  environment = await createTestEnvironment();
  await start({});
  nurses = await hireNurses(6);
  await restart({ ...STRICT, ...older });
});
afterAll(async () => {
  await stop();
  await environment.remove();
  await rm(folder, { recursive: true, force: true });
});

async function start(more: Readonly<Record<string, string>>) {
  running = await startServer(loadConfiguration({ ...environment.variables, ...more }), clock);
  nobody = await TestClient.of(running);
}
async function stop() {
  nobody.close();
  await running.stop();
}
async function restart(more: Readonly<Record<string, string>>) {
  await stop();
  await start(more);
}

/** Nurses with a session of one factor and no key, from before the rules. */
async function hireNurses(count: number) {
  const mailbox = new TestMailbox(environment.home);
  const account = { email: 'root@example.org', password: TEST_PASSWORD, displayName: 'Root' };
  await nobody.post('/api/v1/setup', { code: running.setupCode?.reveal() ?? '', ...account });
  const root = await nobody.signIn(account.email, TEST_PASSWORD);
  const { body } = await root.post<{ id: string }>('/api/v1/clinics', { name: 'North' });
  return await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const email = `nurse${index}@example.org`;
      const person = { email, displayName: 'Nurse', password: TEST_PASSWORD, roles: ['NURSE'] };
      await admitPerson({ nobody, mailbox }, root.at(body.id), person);
      const signIn = { email, password: TEST_PASSWORD };
      const { accessToken } = (await nobody.post<{ accessToken: string }>('/api/v1/auth/sign-in', signIn))
        .body;
      const me = await nobody.showing(accessToken).get<{ account: { id: AccountId } }>('/api/v1/users/me');
      return { id: me.body.account.id, today: accessToken };
    }),
  );
}

function nurse(index: number) {
  const person = nurses[index];
  if (person === undefined) throw new Error('so many were not hired');
  const token = olderToken(secret, person.id, { now: clock.now() });
  return { ...person, token, holder: nobody.showing(token) };
}

async function me(client: TestClient) {
  const { status, body } = await client.get<{ code?: string }>('/api/v1/users/me');
  return [status, body.code];
}

describe('under the rules of production a token of the older system', () => {
  it('opens a session without key and second factor, which no other session may be', async () => {
    const { holder, today } = nurse(0);
    expect(await me(holder)).toEqual([200, undefined]);
    expect(await me(holder)).toEqual([200, undefined]);
    expect(await me(nobody.showing(today))).toEqual([401, 'authentication-key-required']);
  });

  it('opens nothing that asks for a recent proof', async () => {
    const { holder } = nurse(1);
    const { status, body } = await holder.call<{ code: string }>('DELETE', '/api/v1/auth/sessions');
    expect([status, body.code]).toEqual([401, 'authentication-proof-needed']);
  });

  it('gets no session of today by a password alone, and goes on as it was', async () => {
    const { holder } = nurse(1);
    const proof = { password: TEST_PASSWORD };
    const { status, body } = await holder.post<{ code: string }>('/api/v1/auth/reauthenticate', proof);
    expect([status, body.code]).toEqual([401, 'authentication-key-required']);
    expect(await me(holder)).toEqual([200, undefined]);
  });

  it('has a session that is not refreshed', async () => {
    const { holder, id, token } = nurse(2);
    expect(await me(holder)).toEqual([200, undefined]);
    const { refreshTokens, legacyTokens } = running.platform;
    const sessionId = legacyTokens?.verify(token).sessionId ?? newId<SessionId>();
    const refreshToken = refreshTokens.create(id, sessionId).token;
    const answer = await nobody.post<{ code: string }>('/api/v1/auth/refresh', { refreshToken });
    expect([answer.status, answer.body.code]).toEqual([401, 'authentication-refresh-refused']);
  });

  it('is what its session takes: a token of today for the same session is refused', async () => {
    const { holder, id, token } = nurse(3);
    expect(await me(holder)).toEqual([200, undefined]);
    const { tokens, legacyTokens } = running.platform;
    const sessionId = legacyTokens?.verify(token).sessionId ?? newId<SessionId>();
    const today = tokens.issue({ accountId: id, sessionId, clinicId: null, keyThumbprint: null });
    expect(await me(nobody.showing(today.token))).toEqual([401, 'authentication-key-required']);
  });

  it('does without them by the session that was adopted, not by being shown', async () => {
    const { holder, id, token } = nurse(4);
    const sessionId = running.platform.legacyTokens?.verify(token).sessionId ?? newId<SessionId>();
    await plantSessionOfOneFactor(id, sessionId);
    expect(await me(holder)).toEqual([401, 'authentication-key-required']);
  });

  it('ends with its issuer: on the last day, and when that is no longer configured', async () => {
    const { token } = nurse(5);
    expect(await me(nobody.showing(token))).toEqual([200, undefined]);
    await restart(STRICT);
    expect(await me(nobody.showing(token))).toEqual([401, 'authentication-token-invalid']);
    await restart({ ...STRICT, ...older });
    expect(await me(nobody.showing(token))).toEqual([200, undefined]);
    clock.advance(20 * DAY_MS);
    expect(await me(nobody.showing(token))).toEqual([401, 'authentication-token-invalid']);
  });
});

async function plantSessionOfOneFactor(accountId: AccountId, sessionId: SessionId) {
  const { stores, sessions } = running.platform;
  const [like] = await sessions.list(accountId);
  if (like === undefined) throw new Error('no session to take as a pattern');
  const { epoch, rightsVersion, fingerprint } = like.record;
  const lives = { idleMs: 600_000, absoluteMs: 600_000, refreshHash: '' };
  const body = writeSessionBody({ ...like.body, methods: ['pwd'] });
  const planted = { accountId, sessionId, epoch, rightsVersion, fingerprint, ...lives, body };
  await stores.identity.create(planted, { maximum: 20, atCap: 'end-oldest' });
}
