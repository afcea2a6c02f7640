import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupResult, SignInResult } from '@careward/api-schema';
import type { RunningServer } from '@careward/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listen } from '../listen.ts';
import { loadServer } from '../load-server.ts';
import { ApiClient } from './api-client.ts';

const person = { email: 'root@example.org', password: 'correct horse battery staple', displayName: 'Root' };
const publicUrl = 'https://careward.example.org';
let home: string;
let server: RunningServer;
let authority: string;
const clients: ApiClient[] = [];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'careward-client-'));
  const { loadConfiguration } = await loadServer();
  const environment = {
    CAREWARD_HOME: home,
    CAREWARD_PORT: '0',
    CAREWARD_METRICS_PORT: '0',
    CAREWARD_LOG_LEVEL: 'silent',
    CAREWARD_PUBLIC_URL: publicUrl,
    CAREWARD_SECOND_FACTOR_ROLES: 'none',
  };
  server = await listen(loadConfiguration(environment));
  authority = await readFile(server.authorityFile ?? '', 'utf8');
  const body = { code: server.setupCode?.reveal(), ...person };
  await open().get(SetupResult, { method: 'POST', path: '/api/v1/setup', body });
});
afterAll(async () => {
  for (const client of clients) await client.close();
  await server.stop();
  await rm(home, { recursive: true });
});

function open(address = publicUrl): ApiClient {
  const client = ApiClient.open({ url: server.url, authority, publicUrl: address });
  clients.push(client);
  return client;
}

async function signIn(client: ApiClient) {
  const { email, password } = person;
  const call = { method: 'POST', path: '/api/v1/auth/sign-in', body: { email, password } } as const;
  const result = await client.get(SignInResult, call);
  if (result.status !== 'signed-in' || result.accessToken === undefined) throw new Error(result.status);
  return { type: result.tokenType, accessToken: result.accessToken };
}

const me = { path: '/api/v1/users/me?fresh=1' };

test('signs in with its key, learns the nonce by itself and acts with bound tokens', async () => {
  const client = open();
  const { type, accessToken } = await signIn(client);
  expect(type).toBe('DPoP');
  for (let call = 0; call < 3; call += 1) expect((await client.as(accessToken).call(me)).status).toBe(200);
});

test('a token in the hands of another client is worth nothing', async () => {
  const { accessToken } = await signIn(open());
  const thief = open();
  await signIn(thief);
  const answer = await thief.as(accessToken).call(me);
  expect([answer.status, answer.body]).toEqual([
    401,
    expect.objectContaining({ code: 'authentication-proof-invalid' }),
  ]);
});

test('a client that takes the server for another one is refused', async () => {
  await expect(signIn(open('https://elsewhere.example.org'))).rejects.toMatchObject({ status: 401 });
});
