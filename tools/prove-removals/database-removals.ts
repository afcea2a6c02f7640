import type { Removal } from './removal.ts';

const PERSISTENCE = 'apps/server/src/persistence';
const isolation = [`${PERSISTENCE}/clinic-isolation.integration.test.ts`];
const schema = [`${PERSISTENCE}/tenant-schema.integration.test.ts`];
const appendOnly = [`${PERSISTENCE}/append-only.integration.test.ts`];
const required = [`${PERSISTENCE}/context-required.integration.test.ts`];

const MIGRATION = 'apps/server/migrations/0001_foundation.sql';
const AFTER_POLICIES = 'alter table clinic enable row level security;';
const OWN_PATIENT = `create policy own_patient on patient as restrictive to careward_app
  using ((select in_clinic_scope()) or account_id = (select current_actor()));`;
const VERSION_KEY =
  'foreign key (clinic_id, record_id, patient_id) references medical_record (clinic_id, id, patient_id)';
const STAMP_ENTRY =
  'create trigger stamp before insert on audit_entry for each row execute function stamp_entry();';

/** Permissive policies add up: one that lets everything through is as if the clinic's were not there. */
function withoutClinicPolicy(table: string): Removal {
  const open = `create policy opened on ${table} to careward_app using (true) with check (true);`;
  return migration(
    `row-level security: the clinic policy of \`${table}\``,
    AFTER_POLICIES,
    `${open}\n${AFTER_POLICIES}`,
    isolation,
  );
}

function migration(name: string, search: string, replacement: string, tests: readonly string[]): Removal {
  return { name, file: MIGRATION, search, replacement, tests };
}

/** What the database holds up by itself, whatever the application asks. */
export const DATABASE_REMOVALS: readonly Removal[] = [
  ...[
    'patient',
    'patient_key',
    'patient_search_token',
    'medical_record',
    'medical_record_version',
    'audit_entry',
  ].map(withoutClinicPolicy),
  ...['patient', 'audit_entry'].map((table) =>
    migration(
      `row-level security: FORCE on \`${table}\``,
      AFTER_POLICIES,
      `alter table ${table} no force row level security;\n${AFTER_POLICIES}`,
      schema,
    ),
  ),
  migration('own scope: the restrictive policy of `patient`', OWN_PATIENT, '', isolation),
  migration(
    'own scope: reading keys, records, versions and entries',
    '((select in_clinic_scope()) or exists (select from patient p where p.clinic_id = %1$I.clinic_id and p.id = %1$I.patient_id))',
    '(true)',
    isolation,
  ),
  migration(
    'own scope: writing records, keys and numbers',
    'create policy own_insert on %I as restrictive for insert to careward_app with check ((select in_clinic_scope()))',
    'create policy own_insert on %I as restrictive for insert to careward_app with check (true)',
    isolation,
  ),
  migration(
    'composite key: the patient in the key of a record’s version',
    VERSION_KEY,
    'foreign key (clinic_id, record_id) references medical_record (clinic_id, id)',
    isolation,
  ),
  migration(
    'composite key: the clinic in the primary key of `practitioner`',
    'primary key (clinic_id, id),\n  unique (clinic_id, source_key)\n);\ncreate trigger stamp before insert on practitioner',
    'primary key (id),\n  unique (clinic_id, id),\n  unique (clinic_id, source_key)\n);\ncreate trigger stamp before insert on practitioner',
    schema,
  ),
  migration(
    'membership: none is made outside the context’s clinic',
    'with check (clinic_id = (select require_clinic()));\ncreate policy identity on clinic',
    'with check (true);\ncreate policy identity on clinic',
    isolation,
  ),
  migration(
    'audit: entries cannot be changed or deleted',
    'grant delete on patient_search_token to careward_app;',
    'grant delete on patient_search_token to careward_app;\ngrant update, delete on audit_entry to careward_app;',
    appendOnly,
  ),
  migration('audit: actor and time come from the context, by trigger', STAMP_ENTRY, '', [
    'tests/abuse/forged-audit-entry.test.ts',
  ]),
  {
    name: 'connections rest in a role that may do nothing',
    file: 'apps/server/src/connections/database/resting-role.ts',
    search: "await client.query('set role careward_none');",
    replacement: "await client.query('select 1');",
    tests: required,
  },
];
