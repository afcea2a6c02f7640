import { randomBytes } from 'node:crypto';
import { newId } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testClinicContext, testIdentityContext } from '../../test-harness/contexts.ts';
import { openTestDatabase, TEST_DATABASE_KIND, type TestDatabase } from '../../test-harness/database.ts';
import { openPostgresTestConnection } from '../../test-harness/postgres-template.ts';
import { type SeededClinic, seedTwoClinics } from '../../test-harness/seeded-clinics.ts';
import { WireTap } from '../../test-harness/wire-tap.ts';
import { openDatabase } from '../connections/index.ts';
import { Database } from './database.ts';
import type { ClinicDatabase } from './scoped-database.ts';

describe('round trips', () => {
  let test: TestDatabase;
  let a: SeededClinic;
  let clinic: ClinicDatabase;
  beforeAll(async () => {
    test = await openTestDatabase();
    ({ a } = await seedTwoClinics(test.database));
    clinic = test.database.forClinic(testClinicContext(a.clinicId, { actorId: a.doctorId }));
  });
  afterAll(() => test.close());

  it('a tenant read costs one, prepared or not', async () => {
    const read = () => clinic.run(clinic.build.selectFrom('patient').select(['id', 'mrn']).orderBy('id'));
    expect(await costOf(test, read)).toBe(1);
    expect(await costOf(test, read)).toBe(1);
  });

  it('a read of accounts costs one', async () => {
    const identity = test.database.forIdentity(testIdentityContext({ actorId: a.doctorId }));
    expect(await costOf(test, () => identity.run(identity.build.selectFrom('membership').selectAll()))).toBe(
      1,
    );
  });

  it('a write of five statements with its audit entries costs one', async () => {
    expect(await costOf(test, () => clinic.batch(fiveWrites(clinic, a)))).toBe(1);
  });

  it('a refused statement costs one', async () => {
    const forbidden = clinic.build.deleteFrom('patient');
    expect(await costOf(test, () => clinic.run(forbidden).catch(() => undefined))).toBe(1);
  });

  it('a transaction of n calls costs n + 1, and of none nothing', async () => {
    expect(await costOf(test, () => clinic.transaction(async () => undefined))).toBe(0);
    const one = clinic.transaction.bind(clinic);
    expect(await costOf(test, () => one((tx) => tx.batch(fiveWrites(clinic, a))))).toBe(2);
    const readAndWrite = async () =>
      one(async (tx) => {
        await tx.run(tx.build.selectFrom('patient').select('id'));
        await tx.run(tx.build.updateTable('patient').set({ version: 3 }).where('id', '=', a.own.patientId));
      });
    expect(await costOf(test, readAndWrite)).toBe(3);
  });
});

describe.skipIf(TEST_DATABASE_KIND === 'embedded')('round trips, seen by a relay on the wire', () => {
  it('are as many as the counter says', async () => {
    const opened = await openPostgresTestConnection();
    await opened.connection.close();
    const tap = await WireTap.start(opened.options.url);
    const connection = await openDatabase({ ...opened.options, url: tap.lead(opened.options.url) });
    const database = new Database(connection);
    try {
      const { a } = await seedTwoClinics(database);
      const clinic = database.forClinic(testClinicContext(a.clinicId));
      const counted = database.roundTrips;
      const seen = tap.answers;
      for (let n = 0; n < 20; n += 1) await clinic.run(clinic.build.selectFrom('patient').selectAll());
      await clinic.batch(fiveWrites(clinic, a));
      expect(tap.answers - seen).toBe(21);
      expect(database.roundTrips - counted).toBe(21);
    } finally {
      await database.close();
      await tap.close();
      await opened.remove();
    }
  });
});

function fiveWrites({ build }: ClinicDatabase, { clinicId, own }: SeededClinic) {
  const id = newId();
  const tenant = { clinic_id: clinicId, patient_id: own.patientId };
  const content = { diagnosis: randomBytes(60), treatment: randomBytes(60), author_role: 'DOCTOR' };
  return [
    build.insertInto('medical_record').values({ ...tenant, id, visit_start: new Date() }),
    build.insertInto('medical_record_version').values({ ...tenant, record_id: id, version: 1, ...content }),
    build.insertInto('medical_record_version').values({ ...tenant, record_id: id, version: 2, ...content }),
    build.updateTable('medical_record').set({ current_version: 2 }).where('id', '=', id),
    build.insertInto('patient_search_token').values({ ...tenant, field: 'name', token: randomBytes(16) }),
  ] as const;
}

async function costOf(test: TestDatabase, work: () => Promise<unknown>): Promise<number> {
  const before = test.database.roundTrips;
  await work();
  return test.database.roundTrips - before;
}
