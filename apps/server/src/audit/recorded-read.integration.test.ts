import { newId } from '@careward/kernel';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testClinicContext } from '../../test-harness/contexts.ts';
import { openTestDatabase, type TestDatabase } from '../../test-harness/database.ts';
import { type SeededClinic, seedTwoClinics } from '../../test-harness/seeded-clinics.ts';
import type { ClinicDatabase } from '../persistence/index.ts';
import type { RowScope } from '../request-context/index.ts';
import { recordedRead } from './recorded-read.repository.ts';

let test: TestDatabase;
let a: SeededClinic;
let b: SeededClinic;
beforeAll(async () => {
  test = await openTestDatabase();
  ({ a, b } = await seedTwoClinics(test.database));
});
beforeEach(() => test.asOwner('truncate audit_entry cascade'));
afterAll(() => test.close());

const access = { action: 'test.read', resourceType: 'patient', patientColumn: 'id' } as const;

function scopeOf(clinic: SeededClinic, scope: RowScope = 'clinic'): ClinicDatabase {
  const actorId = scope === 'own' ? clinic.patientAccountId : clinic.doctorId;
  return test.database.forClinic(testClinicContext(clinic.clinicId, { actorId, scope }));
}

/** Entries of the reads under test, oldest first, as the clinic sees them. */
function entriesOf(clinic: SeededClinic) {
  const scope = scopeOf(clinic);
  return scope.run(
    scope.build
      .selectFrom('audit_entry')
      .select(['resource_id', 'patient_id', 'outcome', 'actor_id', 'clinic_id'])
      .where('action', '=', 'test.read')
      .orderBy('id'),
  );
}

function readPatients(scope: ClinicDatabase, resourceId?: string) {
  const all = scope.build.selectFrom('patient').select('id');
  const target = resourceId === undefined ? all : all.where('id', '=', resourceId);
  return scope.run(
    recordedRead(scope.build, { ...access, ...(resourceId !== undefined && { resourceId }) }, target),
  );
}

describe('a recorded read', () => {
  it('writes one entry for every row that it discloses, in the name of the reader', async () => {
    const rows = await readPatients(scopeOf(a));
    const ids = [a.own.patientId, a.other.patientId].sort();
    expect(rows.map(({ id }) => id).sort()).toEqual(ids);
    const entries = await entriesOf(a);
    expect(entries.map(({ patient_id }) => patient_id).sort()).toEqual(ids);
    for (const { resource_id, patient_id, ...rest } of entries) {
      expect(resource_id).toBe(patient_id);
      expect(rest).toEqual({ outcome: 'success', actor_id: a.doctorId, clinic_id: a.clinicId });
    }
  });

  it('takes one round trip', async () => {
    const scope = scopeOf(a);
    await readPatients(scope);
    const before = test.database.roundTrips;
    await readPatients(scope);
    expect(test.database.roundTrips - before).toBe(1);
  });

  it('writes one entry that says not-found when it finds nothing, and names what was asked for', async () => {
    const asked = newId();
    expect(await readPatients(scopeOf(a), asked)).toEqual([]);
    expect(await entriesOf(a)).toMatchObject([
      { resource_id: asked, patient_id: null, outcome: 'not-found' },
    ]);
  });

  it('does not name an id of another make: it may be a patient’s number elsewhere', async () => {
    const number = '475d72ca-91c7-7211-97e3-f000af33fc04';
    expect(await readPatients(scopeOf(a), number)).toEqual([]);
    expect(await entriesOf(a)).toMatchObject([{ resource_id: null, patient_id: null, outcome: 'not-found' }]);
  });

  it('a patient of another clinic is not found, and the attempt stays in the clinic that tried', async () => {
    expect(await readPatients(scopeOf(a), b.own.patientId)).toEqual([]);
    expect(await entriesOf(a)).toMatchObject([
      { resource_id: b.own.patientId, patient_id: null, outcome: 'not-found' },
    ]);
    expect(await entriesOf(b)).toEqual([]);
  });

  it('a person who asks for somebody else’s row in their own scope is not found', async () => {
    expect(await readPatients(scopeOf(a, 'own'), a.other.patientId)).toEqual([]);
    expect(await readPatients(scopeOf(a, 'own'), a.own.patientId)).toHaveLength(1);
    expect((await entriesOf(a)).map(({ outcome }) => outcome)).toEqual(['not-found', 'success']);
  });

  it('a list that is empty is an access too', async () => {
    const scope = scopeOf(a);
    const nobody = scope.build.selectFrom('patient').select('id').where('mrn', '=', 'MR99999999');
    expect(await scope.run(recordedRead(scope.build, access, nobody))).toEqual([]);
    expect(await entriesOf(a)).toMatchObject([{ resource_id: null, patient_id: null, outcome: 'not-found' }]);
  });

  it('what a detail joins is disclosed without entries of its own, and keeps the order', async () => {
    const scope = scopeOf(a);
    const target = scope.build.selectFrom('patient').select('id').where('id', '=', a.own.patientId);
    const detail = {
      columns: sql<{ step: number }>`step`,
      join: sql`left join generate_series(1, 3) as step on true`,
    };
    const rows = await scope.run(
      recordedRead(scope.build, { ...access, detail, order: sql`order by step desc` }, target),
    );
    expect(rows).toEqual([3, 2, 1].map((step) => ({ id: a.own.patientId, step })));
    expect(await entriesOf(a)).toHaveLength(1);
  });
});

// Last, because it takes the rights of the database away.
describe('a recorded read whose entry is refused', () => {
  it('discloses nothing when it fails after the rows were found', async () => {
    await test.asOwner(
      `alter table audit_entry add constraint refuse check (action <> 'test.read') not valid`,
    );
    await expect(readPatients(scopeOf(a))).rejects.toMatchObject({ code: 'persistence-value-rejected' });
  });

  it('discloses nothing when it may not be written', async () => {
    await test.asOwner(
      'alter table audit_entry drop constraint refuse; revoke insert on audit_entry from careward_app',
    );
    await expect(readPatients(scopeOf(a))).rejects.toMatchObject({ code: 'persistence-refused' });
    await expect(readPatients(scopeOf(a), newId())).rejects.toMatchObject({ code: 'persistence-refused' });
    expect(await entriesOf(a)).toEqual([]);
  });
});
