// The role in which every pooled connection waits.
//
// Defends: a statement that reaches a connection without a context. `careward_none` has no grant at all, so such a statement is
// refused by the server; the context of each transaction switches the role for that transaction only.
// Does not defend: against text injected into SQL, which could switch the role itself. Statements are parameterised, and in
// production the login is a member of Careward's roles and nothing else.
import type { Client } from 'pg';
import type { LoginFacts } from './database-connection.ts';

/** Puts a connection into the resting role. Rejects when the role does not exist or the login may not take it. */
export async function rest(client: Client): Promise<void> {
  await client.query('set role careward_none');
}

/**
 * Keeps a connection that breaks while it is checked out from ending the process: the pool listens to idle ones only. Nothing is
 * lost by not listening here, since the statement that runs, or the next one, is rejected.
 */
export function surviveBreaking(client: Client): void {
  client.on('error', () => undefined);
}

/** Whether the resting role exists: it does once the first migration has run in any database of the server. */
export async function hasRestingRole(client: Client): Promise<boolean> {
  const found = await client.query("select from pg_catalog.pg_roles where rolname = 'careward_none'");
  return found.rowCount === 1;
}

/** Asks who the session's login is; the current role does not matter. */
export async function inspectLogin(client: Client): Promise<LoginFacts> {
  const { rows } = await client.query<LoginFacts>(`
    select rolname as "name", rolsuper as "superuser", rolbypassrls as "bypassesRowSecurity", rolcreaterole as "createsRoles",
      exists (select from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'public' and c.relkind in ('r', 'p') and pg_has_role(session_user, c.relowner, 'member')) as "ownsTables"
    from pg_catalog.pg_roles where rolname = session_user`);
  const [facts] = rows;
  if (!facts) throw new Error('the login does not find itself in pg_roles');
  return facts;
}
