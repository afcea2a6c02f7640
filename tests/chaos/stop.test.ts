import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  type Answer,
  buildTwoClinics,
  createTestEnvironment,
  TEST_DATABASE_KIND,
  TEST_PASSWORD,
  TestClient,
  type TestEnvironment,
  TestMailbox,
  type TwoClinics,
} from '../../apps/server/test-harness/index.ts';
import { asSuperuser } from '../e2e/stored-state.ts';
import { ChaosServer } from './chaos-server.ts';
import { largeBundle, VISITS_IN_LARGE_BUNDLE } from './large-bundle.ts';

const CLIENTS = 16;
const SECONDS = 1_000;

describe(`a server on ${TEST_DATABASE_KIND} that is told to stop`, () => {
  let environment: TestEnvironment;
  let server: ChaosServer;
  let nobody: TestClient;
  let world: TwoClinics;

  beforeEach(async () => {
    environment = await createTestEnvironment();
    server = await ChaosServer.start(environment);
    nobody = await TestClient.of(server.address);
    world = await buildTwoClinics(
      { nobody, mailbox: new TestMailbox(environment.home) },
      server.address.setupCode ?? '',
    );
  }, 120 * SECONDS);
  afterEach(async () => {
    nobody.close();
    await server.kill();
    await environment.remove();
  });

  it(
    'answers whole what it has begun and ends with code 0',
    async () => {
      const desk = world.north.staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
      const acknowledged = new Set<string>();
      const others: Answer[] = [];
      const clients = Array.from({ length: CLIENTS }, async (_, client) => {
        for (let number = 1; ; number += 1) {
          const name = `Stop ${client} ${number}`;
          const body = { name: { text: name }, birthDate: '1990-05-17' };
          const create = desk.with({ 'idempotency-key': randomUUID() }).post('/api/v1/patients', body);
          const answer = await create.catch(() => undefined);
          if (answer?.status === 201) acknowledged.add(name);
          else if (answer !== undefined) others.push(answer);
          // Refused or not reached: the server is going.
          if (answer?.status !== 201) return;
        }
      });
      await delay(500);
      expect(await server.stop()).toBe(0);
      await Promise.all(clients);

      expect(others).toEqual([]);
      await expectSequenced();
      await restart();
      const stored = await namesOf(nobody);
      expect(acknowledged.size).toBeGreaterThan(CLIENTS);
      expect(stored.toSorted(), 'what was done is exactly what was answered').toEqual(
        [...acknowledged].toSorted(),
      );
      expect(await server.ask('ledger')).toMatchObject({ ok: true, findings: [] });
    },
    120 * SECONDS,
  );

  it(
    'waits for a long import and for sign-ins in the queue',
    async () => {
      const admin = world.north.staff.CLINIC_ADMIN.with({ 'x-purpose-of-use': 'HOPERAT' });
      const before = await server.ask('sessions');
      const imported = admin.call('POST', '/api/v1/import', largeBundle());
      const signIn = { email: 'doctor@north.example.org', password: TEST_PASSWORD };
      const signIns = Array.from({ length: 24 }, () =>
        nobody.post('/api/v1/auth/sign-in', signIn).catch(() => undefined),
      );
      while ((await server.ask('inWork')) < 3) await delay(1);
      const stopped = server.stop();
      expect(await imported).toMatchObject({
        status: 200,
        body: { medicalRecords: { created: VISITS_IN_LARGE_BUNDLE }, refusals: [] },
      });
      const signedIn = (await Promise.all(signIns)).filter((answer) => answer !== undefined);
      expect(signedIn.map(({ status }) => status)).toEqual(signedIn.map(() => 200));
      expect(await stopped).toBe(0);
      expect(await countSessions(environment)).toBe(before + signedIn.length);
      await expectSequenced();
    },
    120 * SECONDS,
  );

  /** The tree covers every entry, and so does the checkpoint outside the database. */
  async function expectSequenced(): Promise<void> {
    const text = `select (select count(*)::int from audit_entry) as entries,
      (select max(tree_size)::int from ledger_checkpoint) as size`;
    const [row] = await asSuperuser(environment, (query) => query(text, []));
    expect(row?.size).toBe(row?.entries);
    const lines = (await readFile(join(environment.home, 'ledger', 'checkpoints.log'), 'utf8'))
      .trim()
      .split('\n');
    const { note } = JSON.parse(lines.at(-1) ?? '') as { note: string };
    expect(Number(note.split('\n')[1])).toBe(row?.size);
  }

  async function restart(): Promise<void> {
    nobody.close();
    server = await ChaosServer.start(environment);
    nobody = await TestClient.of(server.address);
  }
});

/** The patients of the clinic that the test has made. */
async function namesOf(nobody: TestClient): Promise<string[]> {
  const doctor = await nobody.signIn('doctor@north.example.org', TEST_PASSWORD);
  const names: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path: string = `/api/v1/patients?limit=100${cursor && `&cursor=${cursor}`}`;
    const { body } = await doctor.get<{ items: { name: { text: string } }[]; nextCursor: string | null }>(
      path,
    );
    names.push(...body.items.map(({ name }) => name.text).filter((name) => name.startsWith('Stop ')));
    cursor = body.nextCursor;
  }
  return names;
}

/** How many sign-ins the log has. */
async function countSessions(environment: TestEnvironment): Promise<unknown> {
  const text = `select count(*)::int as sessions from audit_entry where action = 'session.create'`;
  const [row] = await asSuperuser(environment, (query) => query(text, []));
  return row?.sessions;
}
