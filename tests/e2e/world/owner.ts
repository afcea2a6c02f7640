/** The database as its owner sees it, past every policy: what really changed, whatever the application says. */
import { loadConfiguration } from '../../../apps/server/src/config/index.ts';
import { asDatabaseOwner, type OwnerQuery } from '../../../apps/server/src/operator/index.ts';
import type { TestEnvironment } from '../../../apps/server/test-harness/index.ts';
import { asAdmin } from '../../../apps/server/test-harness/postgres-admin.ts';

/** Works on the database of an environment whose server is stopped. */
export function asOwnerOf<T>(
  environment: TestEnvironment,
  work: (query: OwnerQuery) => Promise<T>,
): Promise<T> {
  const url = environment.variables.CAREWARD_DATABASE_URL;
  if (url === undefined) return asDatabaseOwner(loadConfiguration(environment.variables), work);
  return asAdmin(
    (admin) => work(async (text, values) => (await admin.query(text, [...values])).rows),
    new URL(url).pathname.slice(1),
  );
}

/** How many rows of a table carry a clinic, and a digest over all their columns. */
export type ClinicDigest = Readonly<Record<string, string>>;

/** Every row of one clinic in every table that has a clinic, table by table. */
export async function digestOfClinic(query: OwnerQuery, clinicId: string): Promise<ClinicDigest> {
  const tables = await query(
    `select table_name, column_name from information_schema.columns
     where table_schema = 'public' and (column_name = 'clinic_id' or (table_name = 'clinic' and column_name = 'id'))
     order by table_name`,
    [],
  );
  const digest: Record<string, string> = {};
  for (const { table_name: table, column_name: column } of tables) {
    const [row] = await query(
      `select count(*)::text || ' ' || coalesce(md5(string_agg(r::text, '|' order by r::text)), '') as digest
       from "${table}" r where r."${column}" = $1`,
      [clinicId],
    );
    digest[String(table)] = String(row?.digest);
  }
  return digest;
}

/** The accounts with these ids, all columns, digested. */
export async function digestOfAccounts(query: OwnerQuery, ids: readonly string[]): Promise<string> {
  const [row] = await query(
    `select count(*)::text || ' ' || coalesce(md5(string_agg(a::text, '|' order by a::text)), '') as digest
     from account a where id = any($1::uuid[])`,
    [[...ids]],
  );
  return String(row?.digest);
}
