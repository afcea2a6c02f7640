-- Careward, identity: invitations, registration, second factors, known devices, other identity providers, token keys, mail.
--
-- Defends: revoked sessions and withdrawn rights from coming back with a store that was lost, restored or failed over. What a session
-- may do is decided by this database: the store only remembers it, under two numbers that never go down.
--   account.session_epoch   sessions made under a lower number are over
--   account.rights_version  sessions that read their rights under a lower number read them again
-- Secrets that are looked up are kept as hashes, secrets that are needed again are sealed under the platform key.

alter table account
  alter column password_hash drop not null,
  add column email_verified_at timestamptz,
  add column session_epoch integer not null default 0 check (session_epoch >= 0),
  add column rights_version integer not null default 0 check (rights_version >= 0),
  -- Whether tokens of an older issuer still name this account. Once its sessions were ended or its password was set here they do not:
  -- they are in no store that could be told, and the older system may go on making them for the password of before.
  add column takes_older_tokens boolean not null default true,
  -- Closed by the administration of the platform, which alone opens it again.
  add column closed_by_platform boolean not null default false,
  drop constraint account_status_check,
  add constraint account_status_check check (status in ('active', 'disabled', 'deleted'));

-- Neither number goes down, and a change of standing raises them whatever the statement says.
create function raise_account_numbers() returns trigger language plpgsql as $f$
begin
  new.session_epoch := greatest(old.session_epoch, new.session_epoch);
  new.rights_version := greatest(old.rights_version, new.rights_version);
  if new.status is distinct from old.status or new.platform_role is distinct from old.platform_role then
    new.rights_version := new.rights_version + 1;
  end if;
  if new.status <> old.status and new.status <> 'active' then new.session_epoch := new.session_epoch + 1; end if;
  if new.session_epoch > old.session_epoch then new.takes_older_tokens := false; end if;
  return new;
end $f$;
create trigger numbers before update on account for each row execute function raise_account_numbers();

create function raise_rights_version() returns trigger language plpgsql as $f$
begin
  update public.account set rights_version = rights_version + 1 where id = coalesce(new.account_id, old.account_id);
  return null;
end $f$;
create trigger rights after insert or update or delete on membership for each row execute function raise_rights_version();

alter table clinic add column self_registration boolean not null default false;

-- An e-mail address is invited, not joined by a code: whoever accepts has shown that they read it.
drop table join_code;

-- Sessions that were ended, until they would have ended by themselves.
create table session_revocation (
  session_id uuid primary key,
  account_id uuid not null references account (id),
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index session_revocation_by_age on session_revocation (expires_at);

-- Devices that have signed in before. The device holds a MAC over both ids; without a row here it is a stranger's.
create table known_device (
  account_id uuid not null references account (id),
  device_id uuid not null,
  label text not null check (length(label) between 1 and 200),
  created_at timestamptz not null default now(),
  last_used_at timestamptz not null default now(),
  primary key (account_id, device_id)
);

create table totp_factor (
  account_id uuid primary key references account (id),
  secret bytea not null,
  confirmed_at timestamptz,
  -- The last time step (RFC 6238) whose code was taken: it and all before it are spent.
  last_step bigint not null default 0,
  created_at timestamptz not null default now()
);

create table recovery_code (
  account_id uuid not null references account (id),
  code_hash bytea not null check (length(code_hash) = 32),
  used_at timestamptz,
  primary key (account_id, code_hash)
);

create table passkey (
  account_id uuid not null references account (id),
  credential_id text not null check (length(credential_id) between 1 and 1400),
  -- Sealed to the account and the credential: a key that somebody else wrote here signs nobody in.
  public_key bytea not null,
  sign_count bigint not null default 0,
  transports text[] not null default '{}',
  label text not null check (length(label) between 1 and 200),
  backed_up boolean not null default false,
  created_at timestamptz not null default now(),
  last_used_at timestamptz,
  primary key (account_id, credential_id),
  unique (credential_id)
);

-- What another identity provider calls the person (OpenID Connect: issuer and subject).
create table external_identity (
  issuer text not null check (length(issuer) between 1 and 500),
  subject text not null check (length(subject) between 1 and 255),
  account_id uuid not null references account (id),
  linked_at timestamptz not null default now(),
  primary key (issuer, subject)
);
create index external_identity_by_account on external_identity (account_id);

-- SHA-256 of single-use codes that were sent by e-mail.
create table email_code (
  code_hash bytea primary key check (length(code_hash) = 32),
  purpose text not null check (purpose in ('reset-password', 'change-email')),
  account_id uuid not null references account (id),
  new_email bytea,
  new_email_index bytea,
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index email_code_by_account on email_code (account_id, purpose);

-- A place offered to whoever reads this e-mail address. No account exists until it is taken.
create table invitation (
  clinic_id uuid not null references clinic (id),
  id uuid not null,
  code_hash bytea not null check (length(code_hash) = 32),
  email bytea not null,
  email_index bytea not null,
  roles text[] not null check (array_length(roles, 1) >= 1),
  invited_by uuid references account (id),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  withdrawn_at timestamptz,
  created_at timestamptz not null default now(),
  primary key (clinic_id, id),
  unique (clinic_id, code_hash)
);

-- Patients who asked for an account themselves, until they have shown that they read the address. Name and password come with that.
create table registration (
  clinic_id uuid not null references clinic (id),
  id uuid not null,
  code_hash bytea not null check (length(code_hash) = 32),
  email bytea not null,
  email_index bytea not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  primary key (clinic_id, id),
  unique (clinic_id, code_hash),
  -- One open registration for each address: a new one takes the place of the one before.
  unique (clinic_id, email_index)
);

-- Mail to be sent: written in the transaction that makes it necessary, removed when the server of the recipient's side has taken it.
create table mail_outbox (
  id uuid primary key,
  recipient bytea not null,
  content bytea not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  created_at timestamptz not null default now()
);
create index mail_outbox_by_turn on mail_outbox (next_attempt_at);

-- Keys that sign access tokens, from their publication to the end of the last token they signed.
create table token_key (
  key_id text primary key check (length(key_id) = 43),
  public_key bytea not null check (length(public_key) = 32),
  private_key bytea not null,
  signs_from timestamptz not null,
  retired_at timestamptz,
  created_at timestamptz not null default now()
);

-- What a person is shown about the use of their own account; kept for 30 days.
create table security_event (
  account_id uuid not null references account (id),
  id uuid not null,
  kind text not null check (length(kind) between 1 and 100),
  address text,
  agent text,
  session_id uuid,
  created_at timestamptz not null default now(),
  primary key (account_id, id)
);
create index security_event_by_age on security_event (created_at);
create trigger stamp before insert on security_event for each row execute function stamp_creation();

-- Isolation: what belongs to a person is reached as that person, or by the administration of a clinic that they belong to.
create function is_member_here(account uuid) returns boolean language sql stable
  return exists (select from membership m where m.clinic_id = current_clinic() and m.account_id = account);

do $$
declare table_name text;
begin
  foreach table_name in array array['known_device', 'totp_factor', 'recovery_code', 'passkey', 'security_event'] loop
    execute format('alter table %I enable row level security', table_name);
    execute format('alter table %I force row level security', table_name);
    execute format('create policy own on %1$I to careward_identity
      using (account_id = (select current_actor()) or is_member_here(account_id))
      with check (account_id = (select current_actor()) or is_member_here(account_id))', table_name);
    execute format('grant select, insert, update, delete on %I to careward_identity', table_name);
  end loop;
  foreach table_name in array array['invitation', 'registration'] loop
    execute format('alter table %I enable row level security', table_name);
    execute format('alter table %I force row level security', table_name);
    execute format('create policy clinic on %I to careward_identity using (clinic_id = (select require_clinic())) with check (clinic_id = (select require_clinic()))', table_name);
    execute format('grant select, insert, update, delete on %I to careward_identity', table_name);
  end loop;
end $$;

-- What an account that was deleted still held is seen by whoever empties it, in the same transaction, to remove it.
create function is_deleted(account uuid) returns boolean language sql stable
  return exists (select from account a where a.id = account and a.status = 'deleted');

do $$
declare table_name text;
begin
  foreach table_name in array array['membership', 'known_device', 'totp_factor', 'recovery_code', 'passkey', 'security_event'] loop
    execute format('create policy left_select on %I for select to careward_identity using (is_deleted(account_id))', table_name);
    execute format('create policy left_delete on %I for delete to careward_identity using (is_deleted(account_id))', table_name);
  end loop;
end $$;

-- Old entries are seen by the housekeeping, to remove them.
create policy expired on security_event to careward_operator using (created_at < now() - interval '30 days') with check (false);
-- A failed sign-in is shown to the person although nobody has proved to be them.
create policy attempt on security_event for insert to careward_identity with check ((select current_actor()) is null);

grant select, insert, delete on security_event to careward_operator;
grant select, insert, delete on session_revocation to careward_identity;
grant select, insert, delete on email_code, external_identity to careward_identity;
grant select, insert, update, delete on mail_outbox to careward_identity;
grant select, insert, update, delete on token_key to careward_identity;
grant update (email, email_index, email_verified_at, session_epoch, rights_version, takes_older_tokens, closed_by_platform) on account to careward_identity;
grant select, update (self_registration) on clinic to careward_identity;
create policy settings on clinic for update to careward_identity
  using (id = (select require_clinic())) with check (id = (select require_clinic()));
