-- Careward, foundation schema. One file for the embedded database (Postgres 18) and a server (Postgres 15 and later).
--
-- Defends: one clinic's rows from every other clinic, from a forgotten WHERE and from a forged key, below the application.
-- How: every tenant table carries clinic_id in its primary, foreign and unique keys, has row-level security enabled AND forced,
--      and is reached only by roles that own nothing and cannot bypass. The context lives in transaction-local settings (app.*).
--      A statement without a clinic context raises 42501; it never sees "all rows".
-- Does not defend: against the owner of the database itself. What the owner does to audit entries is found by `careward ledger verify`.

do $$
declare role_name text;
begin
  -- careward_none      what every pooled connection rests in: no grant at all
  -- careward_app       tenant statements of the clinic rooms
  -- careward_identity  accounts, memberships, set-up, idempotency receipts; no PHI table
  -- careward_operator  creates clinics and their wrapped keys; no PHI table
  -- careward_sequencer reads audit entries of all clinics, writes the ledger; no PHI table
  foreach role_name in array array['careward_none', 'careward_app', 'careward_identity', 'careward_operator', 'careward_sequencer'] loop
    if not exists (select from pg_roles where rolname = role_name) then
      begin
        execute format('create role %I nologin noinherit nosuperuser nobypassrls nocreatedb nocreaterole', role_name);
      exception when duplicate_object or unique_violation then
        null; -- Roles belong to the server: another of its databases was migrated at the same moment.
      end;
    end if;
    if exists (select from pg_roles where rolname = role_name and (rolsuper or rolbypassrls or rolcanlogin)) then
      raise exception 'the role % exists with rights that Careward''s roles must not have', role_name;
    end if;
  end loop;
end $$;

revoke all on schema public from public;
grant usage on schema public to careward_app, careward_identity, careward_operator, careward_sequencer;

-- Context -------------------------------------------------------------------------------------------------------------------------

create function require_clinic() returns uuid language plpgsql stable parallel safe as $f$
declare value text := nullif(current_setting('app.clinic_id', true), '');
begin
  if value is null then raise exception 'no clinic context' using errcode = '42501'; end if;
  return value::uuid;
end $f$;

create function current_clinic() returns uuid language sql stable parallel safe
  return nullif(current_setting('app.clinic_id', true), '')::uuid;

create function current_actor() returns uuid language sql stable parallel safe
  return nullif(current_setting('app.actor_id', true), '')::uuid;

-- 'clinic': the rows of the clinic; 'own': only rows of the acting person. Absent means 'own' of nobody.
create function current_scope() returns text language sql stable parallel safe
  return coalesce(nullif(current_setting('app.scope', true), ''), 'own');

create function require_setting(name text) returns text language plpgsql stable parallel safe as $f$
declare value text := nullif(current_setting(name, true), '');
begin
  if value is null then raise exception 'no % in context', name using errcode = '42501'; end if;
  return value;
end $f$;

-- Time, as the database's own clock has it: whatever a statement says, a row cannot be back-dated.
create function stamp_times() returns trigger language plpgsql as $f$
begin
  new.created_at := case tg_op when 'INSERT' then now() else old.created_at end;
  new.updated_at := now();
  return new;
end $f$;

create function stamp_creation() returns trigger language plpgsql as $f$
begin
  new.created_at := now();
  return new;
end $f$;

-- Clinics and their keys ------------------------------------------------------------------------------------------------------------

create table clinic (
  id uuid primary key,
  name text not null check (length(name) between 1 and 200),
  region text not null,
  created_at timestamptz not null default now()
);

-- Identifiers a clinic is known by elsewhere (FHIR Organization.id and Organization.identifier). Not PHI.
create table clinic_identifier (
  clinic_id uuid not null references clinic (id),
  identifier text not null check (length(identifier) between 1 and 300),
  primary key (clinic_id, identifier),
  unique (identifier)
);

-- Keys of the whole region for rows that belong to no clinic (accounts). Wrapped by the region key.
create table platform_key (
  key_version integer primary key check (key_version > 0),
  wrapped bytea not null,
  created_at timestamptz not null default now()
);

create table clinic_key (
  clinic_id uuid not null references clinic (id),
  key_version integer not null check (key_version > 0),
  wrapped bytea not null,
  created_at timestamptz not null default now(),
  primary key (clinic_id, key_version)
);

-- People who sign in ------------------------------------------------------------------------------------------------------------------

create table account (
  id uuid primary key,
  email bytea not null,
  email_index bytea not null unique,
  display_name bytea not null,
  password_hash text not null,
  status text not null default 'active' check (status in ('active', 'disabled')),
  platform_role text check (platform_role in ('SUPER_ADMIN')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create trigger stamp before insert or update on account for each row execute function stamp_times();

create table membership (
  clinic_id uuid not null references clinic (id),
  account_id uuid not null references account (id),
  role text not null check (role in ('CLINIC_ADMIN', 'DOCTOR', 'PATIENT', 'RECEPTIONIST', 'PHARMACIST', 'THERAPIST', 'LAB_TECHNICIAN',
    'FINANCE_BILLING', 'SUPPORT_STAFF', 'NURSE', 'COUNSELOR', 'INSURER')),
  created_at timestamptz not null default now(),
  primary key (clinic_id, account_id, role)
);
create index membership_by_account on membership (account_id);

-- SHA-256 of the one-time code with which the first administrator is created.
create table setup_code (
  code_hash bytea primary key check (length(code_hash) = 32),
  expires_at timestamptz not null,
  used_at timestamptz
);

-- SHA-256 of the code by which a signed-in person lets another clinic give roles to their account. An e-mail address alone proves
-- nothing: whoever made the account knows its first password.
create table join_code (
  code_hash bytea primary key check (length(code_hash) = 32),
  account_id uuid not null references account (id),
  expires_at timestamptz not null
);
create index join_code_by_account on join_code (account_id);

-- What an Idempotency-Key already did: the digest is keyed, the result is only a resource id, so no PHI is kept twice.
create table idempotency_receipt (
  account_id uuid not null references account (id),
  key text not null check (length(key) between 1 and 200),
  request_digest bytea not null check (length(request_digest) = 32),
  resource_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (account_id, key)
);
create index idempotency_receipt_by_age on idempotency_receipt (created_at);
alter table idempotency_receipt enable row level security;
alter table idempotency_receipt force row level security;
create policy own on idempotency_receipt to careward_app, careward_operator, careward_identity
  using (account_id = (select current_actor())) with check (account_id = (select current_actor()));
-- A receipt is good for a day; after it the operator's housekeeping sees it, to remove it.
create policy expired on idempotency_receipt to careward_operator
  using (created_at < now() - interval '1 day') with check (false);

-- Clinical rooms ------------------------------------------------------------------------------------------------------------------------

create table practitioner (
  clinic_id uuid not null references clinic (id),
  id uuid not null,
  name text not null check (length(name) between 1 and 300),
  account_id uuid references account (id),
  source_key bytea,
  created_at timestamptz not null default now(),
  primary key (clinic_id, id),
  unique (clinic_id, source_key)
);
create trigger stamp before insert on practitioner for each row execute function stamp_creation();

create table mrn_counter (
  clinic_id uuid primary key references clinic (id),
  last_number integer not null default 0 check (last_number between 0 and 99999999)
);

create table patient (
  clinic_id uuid not null references clinic (id),
  id uuid not null,
  mrn text not null check (mrn ~ '^MR[0-9]{8}$'),
  account_id uuid references account (id),
  name bytea not null,
  birth_date bytea not null,
  gender bytea,
  deceased_at bytea,
  contacts bytea,
  ssn bytea,
  identifiers bytea,
  source_key bytea,
  source_digest bytea,
  version integer not null default 1 check (version > 0),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (clinic_id, id),
  unique (clinic_id, mrn),
  unique (clinic_id, source_key)
);
create index patient_by_account on patient (clinic_id, account_id) where account_id is not null;
create trigger stamp before insert or update on patient for each row execute function stamp_times();

create table patient_key (
  clinic_id uuid not null,
  patient_id uuid not null,
  key_version integer not null check (key_version > 0),
  wrapped bytea not null,
  created_at timestamptz not null default now(),
  primary key (clinic_id, patient_id, key_version),
  foreign key (clinic_id, patient_id) references patient (clinic_id, id)
);
create trigger stamp before insert on patient_key for each row execute function stamp_creation();

-- Blind indexes of the columns that phi-fields declares searchable: equality inside one clinic, nothing else.
create table patient_search_token (
  clinic_id uuid not null,
  field text not null check (field in ('ssn', 'name', 'identifier')),
  token bytea not null check (length(token) = 16),
  patient_id uuid not null,
  primary key (clinic_id, field, token, patient_id),
  foreign key (clinic_id, patient_id) references patient (clinic_id, id)
);
create index patient_search_token_by_patient on patient_search_token (clinic_id, patient_id);

create table medical_record (
  clinic_id uuid not null references clinic (id),
  id uuid not null,
  patient_id uuid not null,
  practitioner_id uuid,
  visit_start timestamptz not null,
  visit_end timestamptz,
  current_version integer not null default 1 check (current_version > 0),
  source_key bytea,
  source_digest bytea,
  created_at timestamptz not null default now(),
  primary key (clinic_id, id),
  unique (clinic_id, source_key),
  unique (clinic_id, id, patient_id),
  foreign key (clinic_id, patient_id) references patient (clinic_id, id),
  foreign key (clinic_id, practitioner_id) references practitioner (clinic_id, id)
);
create index medical_record_by_patient on medical_record (clinic_id, patient_id, visit_start desc, id desc);
create trigger stamp before insert on medical_record for each row execute function stamp_creation();

-- Nothing is overwritten: a correction is a new version with its reason. A version names the patient of its record, no other.
create table medical_record_version (
  clinic_id uuid not null,
  record_id uuid not null,
  version integer not null check (version > 0),
  patient_id uuid not null,
  diagnosis bytea not null,
  treatment bytea not null,
  correction_reason bytea,
  author_id uuid,
  author_role text not null,
  recorded_at timestamptz not null default now(),
  primary key (clinic_id, record_id, version),
  foreign key (clinic_id, record_id, patient_id) references medical_record (clinic_id, id, patient_id)
);

-- Author and time of a version come from the context and the clock, whatever the statement says.
create function stamp_version() returns trigger language plpgsql as $f$
begin
  new.author_id := public.current_actor();
  new.author_role := public.require_setting('app.actor_role');
  new.recorded_at := now();
  return new;
end $f$;
create trigger stamp before insert on medical_record_version for each row execute function stamp_version();

-- Audit: who, when, why. Every column that says who acted comes from the context by default, the application roles may insert only
-- the others, and a trigger stamps them once more: no entry is written in another's name or time, and none for another clinic.
create table audit_entry (
  id bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  at timestamptz(3) not null default clock_timestamp(),
  clinic_id uuid default current_clinic(),
  actor_id uuid default current_actor(),
  actor_role text not null default require_setting('app.actor_role'),
  purpose text default nullif(current_setting('app.purpose', true), ''),
  request_id uuid not null default require_setting('app.request_id')::uuid,
  address text default nullif(current_setting('app.address', true), ''),
  agent text default nullif(current_setting('app.agent', true), ''),
  action text not null,
  resource_type text not null,
  resource_id text,
  patient_id uuid,
  outcome text not null check (outcome in ('success', 'refused', 'not-found', 'failed')),
  reason text,
  salt bytea not null default uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
);
create index audit_entry_by_transaction on audit_entry (xid, id);
create index audit_entry_by_patient on audit_entry (clinic_id, patient_id, id desc) where patient_id is not null;

create function stamp_entry() returns trigger language plpgsql as $f$
begin
  new.xid := pg_current_xact_id();
  new.at := clock_timestamp();
  new.actor_id := public.current_actor();
  new.actor_role := public.require_setting('app.actor_role');
  new.request_id := public.require_setting('app.request_id')::uuid;
  return new;
end $f$;
create trigger stamp before insert on audit_entry for each row execute function stamp_entry();

-- Every write of PHI writes its own entry: a repository cannot forget it.
create function record_patient_write() returns trigger language plpgsql as $f$
begin
  insert into public.audit_entry (action, resource_type, resource_id, patient_id, outcome)
    values (case tg_op when 'INSERT' then 'patient.create' else 'patient.update' end, 'patient', new.id, new.id, 'success');
  return null;
end $f$;
create trigger patient_write after insert or update on patient for each row execute function record_patient_write();

create function record_medical_record_write() returns trigger language plpgsql as $f$
begin
  insert into public.audit_entry (action, resource_type, resource_id, patient_id, outcome)
    values (case when new.version = 1 then 'medical-record.create' else 'medical-record.correct' end, 'medical-record', new.record_id,
      new.patient_id, 'success');
  return null;
end $f$;
create trigger medical_record_write after insert on medical_record_version for each row execute function record_medical_record_write();

-- Ledger --------------------------------------------------------------------------------------------------------------------------------

create table ledger_leaf (
  leaf_index bigint primary key check (leaf_index >= 0),
  entry_id bigint not null unique references audit_entry (id),
  commitment bytea not null check (length(commitment) = 32)
);

create table ledger_tile (
  level integer not null check (level between 0 and 63),
  tile_index bigint not null check (tile_index >= 0),
  hashes bytea not null check (length(hashes) between 32 and 8192 and length(hashes) % 32 = 0),
  primary key (level, tile_index)
);

create table ledger_checkpoint (
  tree_size bigint primary key check (tree_size > 0),
  note text not null,
  last_xid xid8 not null,
  last_entry_id bigint not null,
  created_at timestamptz not null default now()
);

-- Isolation ------------------------------------------------------------------------------------------------------------------------------

do $$
declare table_name text;
begin
  foreach table_name in array array['clinic_identifier', 'clinic_key', 'membership', 'practitioner', 'mrn_counter', 'patient', 'patient_key',
    'patient_search_token', 'medical_record', 'medical_record_version', 'audit_entry'] loop
    execute format('alter table %I enable row level security', table_name);
    execute format('alter table %I force row level security', table_name);
    execute format('create policy clinic on %I to careward_app using (clinic_id = (select require_clinic())) with check (clinic_id = (select require_clinic()))', table_name);
  end loop;
end $$;

alter table clinic enable row level security;
alter table clinic force row level security;
create policy clinic on clinic to careward_app using (id = (select require_clinic()));

-- A person acting in the scope 'own' reaches only the patient rows linked to their account, whatever a repository asks for, and
-- writes no clinical record, key or number.
create function in_clinic_scope() returns boolean language sql stable parallel safe
  return current_scope() = 'clinic';

create policy own_patient on patient as restrictive to careward_app
  using ((select in_clinic_scope()) or account_id = (select current_actor()));

do $$
declare table_name text;
begin
  -- The sub-select on patient is itself under own_patient.
  foreach table_name in array array['patient_key', 'medical_record', 'medical_record_version', 'audit_entry'] loop
    execute format('create policy own_read on %1$I as restrictive for select to careward_app
      using ((select in_clinic_scope()) or exists (select from patient p where p.clinic_id = %1$I.clinic_id and p.id = %1$I.patient_id))', table_name);
  end loop;
  create policy own_insert on patient as restrictive for insert to careward_app with check ((select in_clinic_scope()));
  create policy own_read on mrn_counter as restrictive for select to careward_app using ((select in_clinic_scope()));
  foreach table_name in array array['patient_key', 'medical_record', 'medical_record_version', 'mrn_counter', 'practitioner'] loop
    execute format('create policy own_insert on %I as restrictive for insert to careward_app with check ((select in_clinic_scope()))', table_name);
    execute format('create policy own_update on %I as restrictive for update to careward_app using ((select in_clinic_scope()))', table_name);
  end loop;
  -- Blind indexes follow the details of one's own row.
  create policy own_row on patient_search_token as restrictive to careward_app
    using ((select in_clinic_scope()) or exists (select from patient p where p.clinic_id = patient_search_token.clinic_id and p.id = patient_search_token.patient_id));
end $$;

-- Accounts: the acting person's own memberships, or those of the clinic that the context names.
create policy identity on membership to careward_identity
  using (clinic_id = (select current_clinic()) or account_id = (select current_actor()))
  with check (clinic_id = (select require_clinic()));
create policy identity on clinic to careward_identity using (true);
create policy operator on clinic to careward_operator using (true) with check (true);
create policy operator on clinic_identifier to careward_operator using (true) with check (true);
create policy operator on clinic_key to careward_operator using (true) with check (true);
create policy operator on mrn_counter to careward_operator using (true) with check (true);

-- Entries outside any clinic (sign-in, set-up, refusals) are appended, never read, by these roles.
-- Inside a clinic's context an entry is that clinic's; the operator, who makes clinics, names the clinic made.
create policy append on audit_entry for insert to careward_identity
  with check (clinic_id is not distinct from (select current_clinic()) or (select current_clinic()) is null);
create policy append_operator on audit_entry for insert to careward_operator with check (true);
create policy sequence on audit_entry for select to careward_sequencer using (true);

-- Grants: what is not listed is refused --------------------------------------------------------------------------------------------------

grant select on clinic, clinic_key, practitioner, patient, patient_key, patient_search_token, medical_record, medical_record_version,
  mrn_counter, audit_entry, ledger_leaf, ledger_tile, ledger_checkpoint to careward_app;
grant insert on practitioner, patient, patient_key, patient_search_token, medical_record, medical_record_version to careward_app;
grant update (name) on practitioner to careward_app;
grant update (last_number) on mrn_counter to careward_app;
grant update (account_id, name, birth_date, gender, deceased_at, contacts, ssn, identifiers, source_digest, version, updated_at) on patient to careward_app;
grant update (current_version, visit_start, visit_end, practitioner_id, source_digest) on medical_record to careward_app;
grant delete on patient_search_token to careward_app;
grant insert (action, resource_type, resource_id, patient_id, outcome, reason) on audit_entry to careward_app;

grant select on clinic, platform_key, account, membership, setup_code, join_code, ledger_leaf, ledger_tile, ledger_checkpoint to careward_identity;
grant insert on platform_key, account, membership, setup_code, join_code to careward_identity;
grant select, insert, delete on idempotency_receipt to careward_app, careward_operator, careward_identity;
grant update (password_hash, display_name, status, updated_at) on account to careward_identity;
grant update (used_at) on setup_code to careward_identity;
grant delete on setup_code, join_code, membership to careward_identity;
grant insert (clinic_id, action, resource_type, resource_id, patient_id, outcome, reason) on audit_entry to careward_identity, careward_operator;

grant select, insert on clinic, clinic_identifier, clinic_key, mrn_counter to careward_operator;

grant select on audit_entry, ledger_leaf, ledger_tile, ledger_checkpoint to careward_sequencer;
grant insert on ledger_leaf, ledger_tile, ledger_checkpoint to careward_sequencer;
grant update (hashes) on ledger_tile to careward_sequencer;
