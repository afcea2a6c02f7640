import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../test-harness/database.ts';

/** Keys that do not carry the clinic, each with the reason why it may. */
const KEYS_WITHOUT_CLINIC: Readonly<Record<string, string>> = {
  audit_entry_pkey:
    'entries without a clinic exist; ids are given by the database and never taken from a request',
  clinic_identifier_identifier_key:
    'an organisation is one clinic in the whole region; only the operator writes it',
};

/** Tables that foreign keys may name without a clinic: they belong to no clinic. */
const SHARED_TABLES = ['clinic', 'account'];

/** Every table without a clinic_id; a new one is a decision, made here. */
const TABLES_OF_NO_CLINIC = [
  'account',
  'clinic',
  'email_code',
  'external_identity',
  'idempotency_receipt',
  'known_device',
  'ledger_checkpoint',
  'ledger_leaf',
  'ledger_tile',
  'mail_outbox',
  'passkey',
  'platform_key',
  'recovery_code',
  'schema_migration',
  'security_event',
  'session_revocation',
  'setup_code',
  'token_key',
  'totp_factor',
];

interface TenantTable {
  readonly name: string;
  readonly enabled: boolean;
  readonly forced: boolean;
  readonly policies: number;
}

const TENANT_TABLES = `
  select c.relname as name, c.relrowsecurity as enabled, c.relforcerowsecurity as forced,
    (select count(*)::int from pg_policy p where p.polrelid = c.oid and p.polpermissive) as policies
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    and (c.relname = 'clinic' or exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'clinic_id' and not a.attisdropped))
  order by 1`;

const KEYS_OF_TENANT_TABLES = `
  select c.relname as "table", i.relname as name, array(select a.attname::text from unnest(x.indkey::int2[]) k
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k) as columns
  from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
  where x.indisunique and c.relnamespace = 'public'::regnamespace
    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'clinic_id')`;

const FOREIGN_KEYS_OF_TENANT_TABLES = `
  select c.relname as "table", k.conname as name, t.relname as target,
    array(select a.attname::text from unnest(k.conkey) n join pg_attribute a on a.attrelid = k.conrelid and a.attnum = n) as columns,
    array(select a.attname::text from unnest(k.confkey) n join pg_attribute a on a.attrelid = k.confrelid and a.attnum = n) as "targetColumns"
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class t on t.oid = k.confrelid
  where k.contype = 'f' and c.relnamespace = 'public'::regnamespace
    and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'clinic_id')`;

describe('the schema keeps clinics apart', () => {
  let test: TestDatabase;
  beforeAll(async () => {
    test = await openTestDatabase();
  });
  afterAll(() => test.close());

  it('has row-level security, enabled and forced, with a policy on every tenant table', async () => {
    expect(await unprotected(test.asOwner)).toEqual([]);
  });

  it('knows every table that belongs to no clinic', async () => {
    const tables = await test.asOwner<{ name: string }>(`
      select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'clinic_id' and not a.attisdropped) order by 1`);
    expect(tables.map((table) => table.name)).toEqual(TABLES_OF_NO_CLINIC);
  });

  it('carries the clinic in every primary and unique key', async () => {
    expect(await keysWithoutClinic(test.asOwner)).toEqual([]);
  });

  it('carries the clinic in every foreign key between tenant tables', async () => {
    expect(await foreignKeysWithoutClinic(test.asOwner)).toEqual([]);
  });

  it('lets no role of the application bypass it, log in, or own anything', async () => {
    const roles = await test.asOwner(`
      select rolname from pg_roles r where rolname in ('careward_none', 'careward_app', 'careward_identity', 'careward_operator', 'careward_sequencer')
        and not (rolsuper or rolbypassrls or rolcanlogin or rolcreaterole or rolcreatedb or rolinherit)
        and not exists (select from pg_class c where c.relowner = r.oid)
        and not exists (select from pg_auth_members m where m.member = r.oid)`);
    expect(roles).toHaveLength(5);
  });

  it('grants the resting role nothing at all', async () => {
    const [granted] = await test.asOwner<{ schema: boolean; tables: number }>(`
      select has_schema_privilege('careward_none', 'public', 'usage') or has_schema_privilege('careward_none', 'public', 'create') as schema,
        (select count(*)::int from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'S')
          and has_table_privilege('careward_none', c.oid, 'select, insert, update, delete, truncate, references, trigger')) as tables`);
    expect(granted).toEqual({ schema: false, tables: 0 });
  });

  it.each([
    ['create table stray (clinic_id uuid, id uuid primary key)', unprotected],
    ['alter table patient disable row level security', unprotected],
    ['alter table patient no force row level security', unprotected],
    ['drop policy clinic on medical_record', unprotected],
    ['create unique index stray on patient (mrn)', keysWithoutClinic],
    [
      'alter table patient_key add constraint stray foreign key (patient_id) references stray_target (id)',
      foreignKeysWithoutClinic,
    ],
  ])('notices when somebody runs: %s', async (fault, faults) => {
    await test.connection.asOwner(async (owner) => {
      await owner.query('begin; create table stray_target (id uuid primary key)');
      await owner.query(fault);
      expect(await faults(asQuery(owner))).not.toEqual([]);
      await owner.query('rollback');
    });
  });
});

/** Runs SQL as the owner. */
type OwnerQuery = <Row>(text: string) => Promise<Row[]>;

function asQuery(owner: Client): OwnerQuery {
  return async <Row>(text: string) => (await owner.query(text)).rows as Row[];
}

async function unprotected(query: OwnerQuery): Promise<TenantTable[]> {
  const tables = await query<TenantTable>(TENANT_TABLES);
  expect(tables.length).toBeGreaterThan(10);
  return tables.filter((table) => !(table.enabled && table.forced && table.policies > 0));
}

async function keysWithoutClinic(query: OwnerQuery): Promise<string[]> {
  const keys = await query<{ name: string; columns: string[] }>(KEYS_OF_TENANT_TABLES);
  const faults = keys.filter((key) => !key.columns.includes('clinic_id')).map((key) => key.name);
  return faults.filter((name) => !(name in KEYS_WITHOUT_CLINIC));
}

async function foreignKeysWithoutClinic(query: OwnerQuery): Promise<string[]> {
  const keys = await query<{
    name: string;
    target: string;
    columns: string[];
    targetColumns: string[];
  }>(FOREIGN_KEYS_OF_TENANT_TABLES);
  return keys
    .filter(({ target }) => !SHARED_TABLES.includes(target))
    .filter(({ columns, targetColumns }) => columns[targetColumns.indexOf('clinic_id')] !== 'clinic_id')
    .map((key) => key.name);
}
