/** What a database holds: every row as bytes, and every patient as a person reads them. */
import { createHash } from 'node:crypto';
import {
  asDatabaseOwner,
  loadConfiguration,
  type OwnerQuery,
  openPlatform,
  type Platform,
} from '@careward/server';
import type { Client } from 'pg';
import { testClinicContext, testIdentityContext } from '../../apps/server/test-harness/contexts.ts';
import type { TestEnvironment } from '../../apps/server/test-harness/index.ts';
import { asAdmin } from '../../apps/server/test-harness/postgres-admin.ts';

/** Opens a platform without HTTP on the environment, works with it, and closes it. */
export async function withPlatform<T>(
  { variables }: TestEnvironment,
  work: (platform: Platform) => Promise<T>,
): Promise<T> {
  const platform = await openPlatform(loadConfiguration(variables));
  try {
    return await work(platform);
  } finally {
    await platform.close();
  }
}

/** Works on the database past every policy. Nothing else may have the embedded one open. */
export async function asSuperuser<T>(
  { variables }: TestEnvironment,
  work: (query: OwnerQuery) => Promise<T>,
): Promise<T> {
  const url = variables.CAREWARD_DATABASE_URL;
  if (url === undefined) return asDatabaseOwner(loadConfiguration(variables), work);
  const query = (client: Client) => (text: string, values: readonly unknown[]) =>
    client.query(text, [...values]).then(({ rows }) => rows);
  return asAdmin((client) => work(query(client)), new URL(url).pathname.slice(1));
}

/** The tables of the schema. */
export async function tablesOf(query: OwnerQuery): Promise<string[]> {
  const text = `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`;
  return (await query(text, [])).map(({ name }) => String(name));
}

/** Row count and hash of every table. The hash covers which transaction wrote a row: rewriting one with its own values shows. */
export function tableFingerprints(environment: TestEnvironment): Promise<Record<string, string>> {
  return asSuperuser(environment, async (query) => {
    const prints: Record<string, string> = {};
    for (const table of await tablesOf(query)) {
      const [row] = await query(
        `select count(*) || ' ' || md5(coalesce(string_agg(t.xmin || ' ' || t::text, '|' order by t::text), '')) as print
          from "${table}" as t`,
        [],
      );
      prints[table] = String(row?.print);
    }
    return prints;
  });
}

/** Rows of the clinical tables by the source id of the clinic. */
export function rowsByClinic(environment: TestEnvironment) {
  return asSuperuser(environment, async (query) => {
    const counted = (table: string) => `(select count(*)::int from ${table} t where t.clinic_id = c.id)`;
    const rows = await query(
      `select substring(i.identifier from '[0-9a-f-]{36}$') as source, ${counted('patient')} as patients,
        ${counted('practitioner')} as practitioners, ${counted('medical_record')} as "medicalRecords"
        from clinic c join clinic_identifier i on i.clinic_id = c.id where i.identifier like 'urn:uuid:%'`,
      [],
    );
    return new Map(rows.map(({ source, ...counts }) => [source, counts]));
  });
}

/** Every patient with every record, decrypted, without what chance decides: ids, numbers, times of writing. In a stable order. */
export async function readableState(platform: Platform): Promise<string[]> {
  const clinics = await platform.clinics.list(testIdentityContext(), { limit: 100, after: null });
  const people: string[] = [];
  for (const { id, name } of clinics.items) {
    const context = testClinicContext(id as Parameters<typeof testClinicContext>[0]);
    const { items: patients } = await platform.patients.list(context, { limit: 100, after: null });
    for (const { id: patientId, clinicId, mrn, createdAt, updatedAt, ...patient } of patients) {
      const page = { limit: 100, after: null };
      const records = await platform.medicalRecords.list(context, patientId as never, page);
      const visits = records.items.map((record) => JSON.stringify(visitOf(record))).toSorted();
      people.push(JSON.stringify({ clinic: name, ...patient, visits }));
    }
  }
  return people.toSorted();
}

function visitOf(record: Awaited<ReturnType<Platform['medicalRecords']['get']>>) {
  const { visitStart, visitEnd, diagnosis, treatment, version, practitionerId } = record;
  return { visitStart, visitEnd, diagnosis, treatment, version, hasPractitioner: practitionerId !== null };
}

/** One short text for a state, for messages. */
export function hashOf(state: readonly string[]): string {
  return createHash('sha256').update(state.join('\n')).digest('hex');
}
