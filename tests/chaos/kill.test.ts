import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildTwoClinics,
  createTestEnvironment,
  TEST_DATABASE_KIND,
  TEST_PASSWORD,
  TestClient,
  type TestEnvironment,
  TestMailbox,
} from '../../apps/server/test-harness/index.ts';
import { signedIn } from './answers.ts';
import { ChaosServer } from './chaos-server.ts';
import type { Desk } from './expectation.ts';
import { Journal } from './journal.ts';
import { chaosSeed, randomFrom } from './random.ts';
import { Worker } from './worker.ts';

const KILLS = 30;
/** Every so many kills, the next start is killed as well, before it is done. */
const KILL_A_START_EVERY = 6;
const WORKERS_PER_CLINIC = 4;
const SECONDS = 1_000;
const NAMES = ['north', 'south'] as const;

describe(`a server on ${TEST_DATABASE_KIND} that is killed under load`, () => {
  const random = randomFrom(chaosSeed());
  const journal = new Journal();
  const staff = NAMES.flatMap((clinic) =>
    Array.from({ length: WORKERS_PER_CLINIC }, (_, index) => ({
      clinic,
      worker: new Worker(`Chaos ${clinic} ${index + 1}`, randomFrom(random.between(0, 2 ** 31)), journal),
    })),
  );
  let environment: TestEnvironment;
  let recordOf: Record<(typeof NAMES)[number], string>;

  beforeAll(async () => {
    environment = await createTestEnvironment({
      CAREWARD_AUDIT_SEQUENCE_INTERVAL_MS: '50',
    });
    const server = await ChaosServer.start(environment);
    const nobody = await TestClient.of(server.address);
    try {
      const { north, south } = await buildTwoClinics(
        { nobody, mailbox: new TestMailbox(environment.home) },
        server.address.setupCode ?? '',
      );
      recordOf = { north: north.recordIds[0] ?? '', south: south.recordIds[0] ?? '' };
    } finally {
      nobody.close();
      await server.kill();
    }
  }, 120 * SECONDS);
  afterAll(() => environment.remove());

  it(
    `${KILLS} times loses no acknowledged write, leaves no access without its entry, and keeps the ledger whole`,
    async () => {
      let checked = 0;
      for (let kill = 1; kill <= KILLS; kill += 1) {
        checked += await inServer(async (server, desks) => {
          const entries = await checkEverything(server, desks);
          await loadUntilKilled(server, desks, random.between(1, 1_000));
          return entries;
        });
        if (kill % KILL_A_START_EVERY === 0) {
          await ChaosServer.killWhileStarting(environment, random.between(200, 2_500));
        }
      }
      checked += await inServer(async (server, desks) => {
        const entries = await checkEverything(server, desks);
        await Promise.all(staff.map(({ clinic, worker }) => worker.checkAll(desks[clinic])));
        await expectNoMoreThan(desks);
        expect(await server.stop()).toBe(0);
        return entries;
      });
      const acknowledged = staff.reduce((sum, { worker }) => sum + worker.acknowledged, 0);
      console.info(`${KILLS} kills, ${acknowledged} acknowledged writes, ${checked} entries looked up`);
      expect(acknowledged).toBeGreaterThan(KILLS * 2);
    },
    900 * SECONDS,
  );

  type Desks = Record<(typeof NAMES)[number], Desk>;

  async function inServer<T>(work: (server: ChaosServer, desks: Desks) => Promise<T>): Promise<T> {
    const server = await ChaosServer.start(environment);
    const nobody = await TestClient.of(server.address);
    try {
      return await work(server, {
        north: await deskOf(nobody, 'north'),
        south: await deskOf(nobody, 'south'),
      });
    } finally {
      nobody.close();
      await server.kill();
    }
  }

  async function deskOf(nobody: TestClient, clinic: (typeof NAMES)[number]): Promise<Desk> {
    const emailOf = (role: string) => `${role}@${clinic}.example.org`;
    const receptionist = await signedIn(nobody, emailOf('receptionist'));
    return {
      nobody,
      receptionist: receptionist.with({ 'x-purpose-of-use': 'HOPERAT' }),
      doctor: await signedIn(nobody, emailOf('doctor')),
      visitorEmail: emailOf('pharmacist'),
      password: TEST_PASSWORD,
      foreignRecordId: recordOf[clinic === 'north' ? 'south' : 'north'],
    };
  }

  async function checkEverything(server: ChaosServer, desks: Desks): Promise<number> {
    await Promise.all(staff.map(({ clinic, worker }) => worker.settle(desks[clinic])));
    const entries = await journal.check(server);
    const ledger = await server.ask('ledger');
    expect(ledger).toEqual({ size: ledger.entries, entries: ledger.entries, ok: true, findings: [] });
    return entries;
  }

  async function loadUntilKilled(server: ChaosServer, desks: Desks, afterMs: number): Promise<void> {
    let isOver = false;
    const work = staff.map(({ clinic, worker }) => worker.work(desks[clinic], () => isOver));
    const broken = Promise.all(work);
    await Promise.race([firstAcknowledgement(), broken]);
    await Promise.race([delay(afterMs), broken]);
    isOver = true;
    await server.kill();
    await broken;
  }

  /** However slow the machine is, there is something to lose. */
  async function firstAcknowledgement(): Promise<void> {
    const sum = () => staff.reduce((all, { worker }) => all + worker.acknowledged, 0);
    for (const before = sum(); sum() === before; ) await delay(5);
  }

  /** The clinics hold what the workers made and the two patients and one record they began with, and nothing twice. */
  async function expectNoMoreThan(desks: Desks): Promise<void> {
    for (const name of NAMES) {
      const made = staff.filter(({ clinic }) => clinic === name).map(({ worker }) => worker.counts.patients);
      const ids = await allPatients(desks[name].receptionist);
      expect(ids).toHaveLength(made.reduce((sum, count) => sum + count, 2));
      expect(new Set(ids).size).toBe(ids.length);
    }
  }
});

async function allPatients(client: TestClient): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const path: string = `/api/v1/patients?limit=100${cursor && `&cursor=${cursor}`}`;
    const { body } = await client.get<{ items: { id: string }[]; nextCursor: string | null }>(path);
    ids.push(...body.items.map(({ id }) => id));
    cursor = body.nextCursor;
  }
  return ids;
}
