import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newClinicId, testClinicContext } from '../../test-harness/contexts.ts';
import { openTestDatabase, type TestDatabase } from '../../test-harness/database.ts';
import { seedTwoClinics } from '../../test-harness/seeded-clinics.ts';
import { exchange } from './exchange.ts';

const TENANT_TABLES = [
  'clinic',
  'clinic_key',
  'practitioner',
  'mrn_counter',
  'patient',
  'patient_key',
  'patient_search_token',
  'medical_record',
  'medical_record_version',
  'audit_entry',
] as const;

describe('a statement without a context', () => {
  let test: TestDatabase;
  let tables: string[];
  beforeAll(async () => {
    test = await openTestDatabase();
    await seedTwoClinics(test.database);
    const rows = await test.asOwner<{ name: string }>(
      `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'S')`,
    );
    tables = rows.map((row) => row.name);
  });
  afterAll(() => test.close());

  it('is refused on every table and sequence, reading and writing', async () => {
    expect(tables.length).toBeGreaterThan(20);
    for (const table of tables) {
      expect(await refusal(test, `select count(*) from public.${table}`)).toBe('42501');
      expect(await refusal(test, `delete from public.${table}`)).toBe('42501');
    }
  });

  it('cannot create anything, temporary tables included', async () => {
    expect(await refusal(test, 'create table public.mine (id int)')).toBe('42501');
    expect(await refusal(test, 'create temporary table audit_entry (id int)')).toBe('42501');
    expect(await refusal(test, 'create schema mine')).toBe('42501');
  });

  it.each(TENANT_TABLES)('in the role of the rooms but without a clinic is refused on %s', async (table) => {
    const role = `select set_config('role', 'careward_app', true)`;
    expect(await refusal(test, role, `select count(*) from public.${table}`)).toBe('42501');
  });

  it.each(TENANT_TABLES)(
    'with an empty clinic, as a used connection has it, is refused on %s',
    async (table) => {
      const role = `select set_config('role', 'careward_app', true), set_config('app.clinic_id', '', true)`;
      expect(await refusal(test, role, `select count(*) from public.${table}`)).toBe('42501');
    },
  );

  it('in a clinic that does not exist sees nothing', async () => {
    const clinic = test.database.forClinic(testClinicContext(newClinicId()));
    for (const table of TENANT_TABLES) {
      const [row] = await clinic.run(
        sql<{ count: string }>`select count(*) from ${sql.table(table)}`.compile(clinic.build),
      );
      expect(row?.count).toBe('0');
    }
  });

  it('is refused in the roles of the house for tables that hold PHI', async () => {
    for (const role of ['careward_identity', 'careward_operator', 'careward_sequencer']) {
      for (const table of [
        'patient',
        'patient_key',
        'patient_search_token',
        'medical_record',
        'medical_record_version',
      ]) {
        const become = `select set_config('role', '${role}', true)`;
        expect(await refusal(test, become, `select count(*) from public.${table}`)).toBe('42501');
      }
    }
  });
});

/** The SQLSTATE with which statements fail on a connection as it comes from the pool, or `none`. */
async function refusal(test: TestDatabase, ...texts: string[]): Promise<string> {
  const client = await test.connection.checkOut();
  try {
    await exchange(
      client,
      texts.map((text) => ({ text, values: [] })),
    );
    return 'none';
  } catch (error) {
    return (error as { code: string }).code;
  } finally {
    client.release();
  }
}
