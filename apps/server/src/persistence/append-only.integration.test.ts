import { randomBytes } from 'node:crypto';
import { newId } from '@careward/kernel';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newAccountId, testClinicContext, testIdentityContext } from '../../test-harness/contexts.ts';
import { openTestDatabase, type TestDatabase } from '../../test-harness/database.ts';
import { type SeededClinic, seedTwoClinics } from '../../test-harness/seeded-clinics.ts';
import { databaseFailureOf } from './database-failure.ts';
import type { ClinicDatabase, ScopedDatabase } from './scoped-database.ts';

/** Insufficient privilege; or generated always, which is said before rights are looked at. */
const REFUSED = /^(42501|428C9)$/;

describe('audit entries and record versions', () => {
  let test: TestDatabase;
  let a: SeededClinic;
  let b: SeededClinic;
  let clinic: ClinicDatabase;
  beforeAll(async () => {
    test = await openTestDatabase();
    ({ a, b } = await seedTwoClinics(test.database));
    clinic = test.database.forClinic(testClinicContext(a.clinicId, { actorId: a.doctorId }));
  });
  afterAll(() => test.close());

  it.each([
    'audit_entry',
    'medical_record_version',
    'ledger_leaf',
    'ledger_checkpoint',
    'patient',
    'medical_record',
  ])('no role deletes from %s', async (table) => {
    for (const scope of everyScope(test, a)) {
      expect(await refusal(scope, `delete from ${table}`)).toBe('42501');
      expect(await refusal(scope, `truncate ${table} cascade`)).toBe('42501');
    }
  });

  it.each(['audit_entry', 'medical_record_version', 'ledger_leaf', 'ledger_checkpoint'])(
    'no role updates %s',
    async (table) => {
      const columns = await test.asOwner<{ name: string }>(
        `select attname as name from pg_attribute where attrelid = 'public.${table}'::regclass and attnum > 0`,
      );
      for (const scope of everyScope(test, a)) {
        for (const { name } of columns)
          expect(await refusal(scope, `update ${table} set ${name} = ${name}`)).toMatch(REFUSED);
      }
    },
  );

  it.each([
    'id',
    'xid',
    'at',
    'clinic_id',
    'actor_id',
    'actor_role',
    'purpose',
    'request_id',
    'address',
    'agent',
    'salt',
  ])('an entry cannot be given another %s', async (column) => {
    const forged = `insert into audit_entry (${column}, action, resource_type, outcome)
        select ${column}, 'forged', 'patient', 'success' from audit_entry limit 1`;
    expect(await refusal(clinic, forged)).toMatch(REFUSED);
  });

  it('an entry outside the rooms is of the context’s clinic or of none', async () => {
    const identity = test.database.forIdentity(testIdentityContext({ clinicId: a.clinicId }));
    const entry = { action: 'forged', resource_type: 'clinic', outcome: 'success' as const };
    const forged = identity.build.insertInto('audit_entry').values({ ...entry, clinic_id: b.clinicId });
    await expect(identity.run(forged)).rejects.toMatchObject({ code: 'persistence-refused' });
    await identity.run(identity.build.insertInto('audit_entry').values({ ...entry, clinic_id: a.clinicId }));
  });

  it('an entry says who, when, why and from where as the context has it', async () => {
    const actorId = newAccountId();
    const context = testClinicContext(a.clinicId, { actorId, actorRole: 'NURSE', purpose: 'ETREAT' });
    const nurse = test.database.forClinic(context);
    const before = Date.now();
    await nurse.run(
      nurse.build
        .updateTable('patient')
        .set({ contacts: randomBytes(8) })
        .where('id', '=', a.own.patientId),
    );
    const [entry] = await nurse.run(
      nurse.build.selectFrom('audit_entry').selectAll().orderBy('id', 'desc').limit(1),
    );
    expect(entry).toMatchObject({
      clinic_id: a.clinicId,
      actor_id: actorId,
      actor_role: 'NURSE',
      purpose: 'ETREAT',
      request_id: context.origin.requestId,
      address: context.origin.address,
      agent: context.origin.agent,
      action: 'patient.update',
      resource_id: a.own.patientId,
      patient_id: a.own.patientId,
      outcome: 'success',
    });
    expect(Math.abs((entry?.at.getTime() ?? 0) - before)).toBeLessThan(5_000);
    expect(entry?.salt).toHaveLength(32);
  });

  it('a write whose entry cannot be written does not happen', async () => {
    const own = await openTestDatabase();
    try {
      const { a: seeded } = await seedTwoClinics(own.database);
      await own.asOwner(
        'revoke insert on audit_entry from careward_app; revoke insert (action) on audit_entry from careward_app',
      );
      const scope = own.database.forClinic(testClinicContext(seeded.clinicId));
      const change = scope.build.updateTable('patient').set({ version: 42 });
      await expect(scope.run(change)).rejects.toMatchObject({ code: 'persistence-refused' });
      const changed = await scope.run(
        scope.build.selectFrom('patient').select('id').where('version', '=', 42),
      );
      expect(changed).toEqual([]);
    } finally {
      await own.close();
    }
  });

  it('author and time of a version are stamped, whatever the statement says', async () => {
    const [row] = await clinic.run(
      clinic.build
        .insertInto('medical_record_version')
        .values({
          clinic_id: a.clinicId,
          record_id: a.own.recordId,
          patient_id: a.own.patientId,
          version: 2,
          diagnosis: randomBytes(60),
          treatment: randomBytes(60),
          author_id: newAccountId(),
          author_role: 'NURSE',
          recorded_at: '2001-01-01T00:00:00Z',
        })
        .returning(['author_id', 'author_role', 'recorded_at']),
    );
    expect(row).toMatchObject({ author_id: a.doctorId, author_role: 'DOCTOR' });
    expect(row?.recorded_at.getUTCFullYear()).toBeGreaterThan(2001);
  });

  it('a row cannot be back-dated', async () => {
    const past = '2001-01-01T00:00:00Z';
    const id = newId();
    const cells = { name: randomBytes(40), birth_date: randomBytes(40) };
    const row = {
      clinic_id: a.clinicId,
      id,
      mrn: 'MR00000077',
      created_at: past,
      updated_at: past,
      ...cells,
    };
    await clinic.run(clinic.build.insertInto('patient').values(row));
    await clinic.run(clinic.build.updateTable('patient').set({ updated_at: past }).where('id', '=', id));
    const [stored] = await clinic.run(
      clinic.build.selectFrom('patient').select(['created_at', 'updated_at']).where('id', '=', id),
    );
    expect(stored?.created_at.getUTCFullYear()).toBeGreaterThan(2001);
    expect(stored?.updated_at.getUTCFullYear()).toBeGreaterThan(2001);
  });
});

function everyScope({ database }: TestDatabase, clinic: SeededClinic): ScopedDatabase[] {
  const context = testIdentityContext({ clinicId: clinic.clinicId });
  return [
    database.forClinic(testClinicContext(clinic.clinicId)),
    database.forIdentity(context),
    database.forOperator(context),
    database.forSequencer(),
  ];
}

async function refusal(scope: ScopedDatabase, text: string): Promise<string> {
  return await scope.run(sql.raw(text).compile(scope.build)).then(
    () => 'none',
    (error: unknown) => databaseFailureOf(error)?.sqlState ?? String(error),
  );
}
