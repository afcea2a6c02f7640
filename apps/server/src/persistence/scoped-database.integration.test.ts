import { randomBytes } from 'node:crypto';
import { newId } from '@careward/kernel';
import { DeleteResult, InsertResult, sql, UpdateResult } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testClinicContext, testIdentityContext } from '../../test-harness/contexts.ts';
import { openTestDatabase, type TestDatabase } from '../../test-harness/database.ts';
import { type SeededClinic, seedTwoClinics } from '../../test-harness/seeded-clinics.ts';
import type { ClinicDatabase } from './scoped-database.ts';
import type { ScopedTransaction } from './scoped-transaction.ts';
import type { Statement } from './statement.ts';

let test: TestDatabase;
let a: SeededClinic;
let clinic: ClinicDatabase;

beforeAll(async () => {
  test = await openTestDatabase();
  ({ a } = await seedTwoClinics(test.database));
  clinic = test.database.forClinic(testClinicContext(a.clinicId, { actorId: a.doctorId }));
});
afterAll(() => test.close());

describe('run and batch', () => {
  it('a batch is all or nothing', async () => {
    const before = await practitioners();
    await expect(clinic.batch([addPractitioner(), addPractitioner(), impossible()])).rejects.toThrow();
    expect(await practitioners()).toBe(before);
    await clinic.batch([addPractitioner(), addPractitioner()]);
    expect(await practitioners()).toBe(before + 2);
  });

  it('an empty batch is a batch', async () => {
    expect(await clinic.batch([])).toEqual([]);
  });

  it('a write without `returning` gives the number of rows, as its type says', async () => {
    const token = { field: 'ssn' as const, token: randomBytes(16) };
    const row = { clinic_id: a.clinicId, patient_id: a.own.patientId, ...token };
    const [inserted, updated, deleted] = await clinic.batch([
      clinic.build.insertInto('patient_search_token').values(row),
      clinic.build.updateTable('patient').set({ version: 5 }),
      clinic.build.deleteFrom('patient_search_token').where('token', '=', token.token),
    ]);
    expect(inserted).toEqual([new InsertResult(undefined, 1n)]);
    expect(updated).toEqual([new UpdateResult(2n, undefined)]);
    expect(deleted).toEqual([new DeleteResult(1n)]);
  });

  it('executing through the builder is refused', async () => {
    const direct = clinic.build.selectFrom('patient').select('id').execute();
    await expect(direct).rejects.toMatchObject({ code: 'persistence-build-only' });
    const transaction = clinic.build.transaction().execute(async () => undefined);
    await expect(transaction).rejects.toMatchObject({ code: 'persistence-build-only' });
  });

  it('several statements in one text are refused', async () => {
    await expect(select('select 1; select 2')).rejects.toMatchObject({
      code: 'persistence-statement-failed',
    });
  });

  it('a serialization failure is tried again, three times in all', async () => {
    await test.asOwner(`
      create sequence attempt; grant usage on sequence attempt to careward_app;
      create function fail_until(n int) returns int language plpgsql as $f$
      begin
        if nextval('attempt') < n then raise exception 'again' using errcode = '40001'; end if;
        return 1;
      end $f$`);
    expect(await select('select fail_until(3)')).toEqual([{ fail_until: 1 }]);
    await expect(select('select fail_until(7)')).rejects.toMatchObject({
      code: 'persistence-conflict',
      category: 'conflict',
    });
    const once = clinic.transaction((tx) => tx.run(sql.raw('select fail_until(8)').compile(tx.build)));
    await expect(once).rejects.toMatchObject({ code: 'persistence-conflict' });
    expect(await test.asOwner('select last_value from attempt')).toEqual([{ last_value: '7' }]);
  });

  it('a prepared statement survives a change of its table', async () => {
    const all = () => clinic.run(clinic.build.selectFrom('practitioner').selectAll());
    await all();
    await test.asOwner('alter table practitioner add column stray int');
    expect((await all())[0]).toHaveProperty('stray', null);
    await test.asOwner('alter table practitioner drop column stray');
    expect((await all())[0]).not.toHaveProperty('stray');
  });

  it('a session holds a bounded number of prepared statements', async () => {
    for (let n = 0; n < 700; n += 1) await select(`select ${n} as n`);
    const [row] = await select<{ held: string }>('select count(*)::text as held from pg_prepared_statements');
    expect(Number(row?.held)).toBeLessThanOrEqual(301);
    expect(Number(row?.held)).toBeGreaterThan(100);
  });

  it('a user agent with a NUL does not fail the statement', async () => {
    const origin = { ...testIdentityContext().origin, agent: 'curl\0/8' };
    const scope = test.database.forClinic(testClinicContext(a.clinicId, { origin }));
    expect(await scope.run(scope.build.selectFrom('clinic').select('id'))).toHaveLength(1);
  });
});

describe('transactions', () => {
  it('roll back when the work throws, and throw what it threw', async () => {
    const before = await practitioners();
    const thrown = new Error('changed my mind');
    const work = async (tx: ScopedTransaction) => {
      await tx.run(addPractitioner());
      throw thrown;
    };
    await expect(clinic.transaction(work)).rejects.toBe(thrown);
    expect(await practitioners()).toBe(before);
  });

  it('do not commit after a failed statement, though the work swallowed the error', async () => {
    const before = await practitioners();
    const work = async (tx: ScopedTransaction) => {
      await tx.run(addPractitioner());
      await tx.run(impossible()).catch(() => undefined);
    };
    await expect(clinic.transaction(work)).rejects.toMatchObject({
      code: 'persistence-transaction-rolled-back',
    });
    expect(await practitioners()).toBe(before);
  });

  it('see their own writes, and run calls made at once one after the other', async () => {
    const rows = await clinic.transaction(async (tx) => {
      const [, , last] = await Promise.all([
        tx.run(addPractitioner()),
        tx.run(addPractitioner()),
        tx.run(tx.build.selectFrom('practitioner').select('id')),
      ]);
      return last;
    });
    expect(rows).toHaveLength(await practitioners());
  });

  it('wait for a statement that the work did not wait for', async () => {
    const before = await practitioners();
    await clinic.transaction(async (tx) => {
      void tx.run(addPractitioner());
    });
    expect(await practitioners()).toBe(before + 1);
  });

  it('refuse a second connection inside, which would wait for itself', async () => {
    const nested = clinic.transaction(async (tx) => {
      await tx.run(tx.build.selectFrom('patient').select('id'));
      await clinic.run(clinic.build.selectFrom('patient').select('id'));
    });
    await expect(nested).rejects.toMatchObject({ code: 'persistence-nested-use' });
  });

  it('do not bind what they started and did not wait for', async () => {
    let later: Promise<unknown> | undefined;
    await clinic.transaction(async () => {
      later = new Promise((resolve) => setTimeout(resolve, 50)).then(() => practitioners());
    });
    expect(await later).toBeGreaterThan(0);
  });

  it('refuse statements after their end', async () => {
    let escaped: ScopedTransaction | undefined;
    await clinic.transaction(async (tx) => {
      escaped = tx;
    });
    await expect(escaped?.run(addPractitioner())).rejects.toMatchObject({
      code: 'persistence-transaction-finished',
    });
  });
});

function addPractitioner(): Statement {
  return clinic.build.insertInto('practitioner').values({ clinic_id: a.clinicId, id: newId(), name: 'x' });
}

function impossible(): Statement {
  return sql`select 1 / 0`.compile(clinic.build);
}

async function practitioners(): Promise<number> {
  return (await clinic.run(clinic.build.selectFrom('practitioner').select('id'))).length;
}

async function select<Row>(text: string): Promise<Row[]> {
  return await clinic.run(sql.raw<Row>(text).compile(clinic.build));
}
