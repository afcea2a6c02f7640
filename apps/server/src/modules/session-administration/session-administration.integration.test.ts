import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SessionList, SessionStatistics } from '@careward/api-schema';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestEnvironment } from '../../../test-harness/environment.ts';
import {
  startTwoClinics,
  TEST_PASSWORD,
  type TestServer,
  type TwoClinics,
} from '../../../test-harness/index.ts';
import { loadConfiguration } from '../../config/index.ts';
import { startServer } from '../../server.ts';

const PATH = '/api/v1/auth/sessions/statistics';
const END = '/api/v1/auth/sessions/end-everybody';

let folder: string;
let server: TestServer;
let world: TwoClinics;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'places-'));
  const file = join(folder, 'places.csv');
  await writeFile(file, '127.0.0.0,127.255.255.255,FI,65.01,25.47,Oulu\n');
  const started = await startTwoClinics({ CAREWARD_PLACES_FILE: file });
  ({ world } = started);
  server = started;
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

it('is for nobody but the administrator of the platform', async () => {
  const { north, person } = world;
  expect((await server.nobody.get(PATH)).status).toBe(401);
  for (const client of [north.staff.CLINIC_ADMIN, north.staff.DOCTOR, person])
    expect((await client.get(PATH)).status).toBe(403);
});

it('tells how many sessions and accounts there are, and as of when', async () => {
  const answer = await world.administrator.get(PATH);
  expect(answer.status).toBe(200);
  const { sessions, accounts, asOf } = SessionStatistics.parse(answer.body);
  expect(Date.parse(asOf)).not.toBeNaN();
  expect(sessions).toBeGreaterThanOrEqual(accounts);
});

it('shows people where their sessions were begun, as the table of the operator has it', async () => {
  const answer = await world.north.staff.DOCTOR.get('/api/v1/auth/sessions');
  const { sessions } = SessionList.parse(answer.body);
  expect(sessions.map(({ place }) => place)).toEqual(sessions.map(() => 'Oulu, FI'));
  expect(sessions).not.toHaveLength(0);
});

it('does not start with a table that has a fault', async () => {
  const file = join(folder, 'faulty.csv');
  await writeFile(file, '127.0.0.0,127.255.255.255,FI,65.01,25.47,Oulu\nx\n');
  const environment = await createTestEnvironment({ CAREWARD_PLACES_FILE: file });
  const start = startServer(loadConfiguration(environment.variables));
  await expect(start).rejects.toMatchObject({
    code: 'connections-places-refused',
    faults: [{ path: 'CAREWARD_PLACES_FILE, line 2' }],
  });
  await environment.remove();
});

it('ends the sessions of everybody, the own one too', async () => {
  const before = await server.nobody.signIn('doctor@north.example.org', TEST_PASSWORD);
  const { staff } = world.north;
  expect((await staff.NURSE.post(END, undefined)).status).toBe(403);
  expect((await world.administrator.post(END, undefined)).status).toBe(204);
  for (const client of [before, staff.NURSE, world.south.staff.DOCTOR, world.person, world.administrator])
    expect((await client.get('/api/v1/users/me')).status).toBe(401);
  const again = await server.nobody.signIn('doctor@north.example.org', TEST_PASSWORD);
  expect((await again.get('/api/v1/users/me')).status).toBe(200);
});
