import { inspect } from 'node:util';
import { type CarewardError, newId } from '@careward/kernel';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testClinicContext, testIdentityContext } from '../../test-harness/contexts.ts';
import { openTestDatabase, type TestDatabase } from '../../test-harness/database.ts';
import { type SeededClinic, seedTwoClinics } from '../../test-harness/seeded-clinics.ts';
import { isCheckViolation, isForeignKeyViolation, isUniqueViolation } from './database-failure.ts';
import type { ClinicDatabase, ScopedDatabase } from './scoped-database.ts';
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

describe('errors', () => {
  it('name the key that refused a row', async () => {
    const row = { clinic_id: a.clinicId, id: a.practitionerId, name: 'x' };
    const duplicate = await failure(clinic, clinic.build.insertInto('practitioner').values(row));
    expect(duplicate).toMatchObject({ code: 'persistence-constraint', category: 'conflict' });
    expect(isUniqueViolation(duplicate)).toBe(true);
    expect(isUniqueViolation(duplicate, 'practitioner_pkey')).toBe(true);
    expect(isUniqueViolation(duplicate, 'patient_pkey')).toBe(false);
    expect(isForeignKeyViolation(duplicate)).toBe(false);
  });

  it.each([
    ['SECRET-VALUE', sql`select ${'SECRET-VALUE'}::uuid`],
    ['SECRET-VALUE', sql`select ${'SECRET-VALUE'}::timestamptz`],
    [
      'SECRETMAIL',
      sql`insert into account (id, email, email_index, display_name, password_hash)
      select gen_random_uuid(), 'x', ${Buffer.from('SECRETMAIL')}, 'x', 'x' from generate_series(1, 2)`,
    ],
    [
      'MR123',
      sql`insert into patient (clinic_id, id, mrn, name, birth_date)
      select require_clinic(), gen_random_uuid(), ${'MR123'}, 'SECRET', 'SECRET'`,
    ],
  ])('never repeat a value: %s', async (secret, statement) => {
    for (const scope of [clinic, test.database.forIdentity(testIdentityContext({ clinicId: a.clinicId }))]) {
      const error = await failure(scope, statement.compile(scope.build));
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(secret);
      expect(inspect(error, { depth: 9 })).not.toContain(Buffer.from(secret).toString('hex'));
    }
  });

  it('a refused row is forbidden, an impossible value is unprocessable', async () => {
    const foreign = clinic.build
      .insertInto('practitioner')
      .values({ clinic_id: newId(), id: newId(), name: 'x' });
    expect(await failure(clinic, foreign)).toMatchObject({
      code: 'persistence-refused',
      category: 'forbidden',
    });
    const empty = clinic.build
      .insertInto('practitioner')
      .values({ clinic_id: a.clinicId, id: newId(), name: '' });
    const rejected = await failure(clinic, empty);
    expect(rejected).toMatchObject({ code: 'persistence-value-rejected', category: 'unprocessable' });
    expect(isCheckViolation(rejected, 'practitioner_name_check')).toBe(true);
  });

  it('a closed database is unavailable, and says so in its health', async () => {
    const closed = await openTestDatabase();
    expect(await closed.database.health()).toMatchObject({ available: true });
    await closed.close();
    const scope = closed.database.forClinic(testClinicContext(a.clinicId));
    const error = await failure(scope, scope.build.selectFrom('patient').select('id'));
    expect(error).toMatchObject({
      code: 'persistence-unavailable',
      category: 'unavailable',
      retryAfterSeconds: 5,
    });
    expect(await closed.database.health()).toEqual({ available: false, code: 'persistence-unavailable' });
  });
});

async function failure(scope: ScopedDatabase, statement: Statement): Promise<CarewardError> {
  return await scope.run(statement).then(
    () => Promise.reject(new Error('it did not fail')),
    (error: CarewardError) => error,
  );
}
