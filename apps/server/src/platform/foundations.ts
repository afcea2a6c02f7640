import { type Clock, newId, type RequestId } from '@careward/kernel';
import type { Configuration } from '../config/index.ts';
import type { DatabaseOptions, Home, PlaceLookup, Stores } from '../connections/index.ts';
import type { EventService } from '../events/index.ts';
import { type Database, isPrivilegedLogin, persistenceErrors } from '../persistence/index.ts';
import { contextWithoutAccount, type IdentityContext } from '../request-context/index.ts';

/** What every service is built on: configuration, keys and connections. */
export interface Foundations {
  readonly configuration: Configuration;
  readonly clock: Clock;
  readonly home: Home;
  readonly database: Database;
  readonly stores: Stores;
  readonly places: PlaceLookup;
  readonly events: EventService;
}

/** The context of what the operator does at the command line. */
export function operatorContext(): IdentityContext {
  return contextWithoutAccount(
    { requestId: newId<RequestId>(), address: '', agent: 'careward-cli' },
    'OPERATOR',
  );
}

/** The context of what the server does by itself. */
export function systemContext(): IdentityContext {
  return contextWithoutAccount(
    { requestId: newId<RequestId>(), address: '', agent: 'careward-server' },
    'SYSTEM',
  );
}

/** Where the configuration says that the data is. */
export function databaseOptions({ database }: Configuration, home: Home): DatabaseOptions {
  if (database.url === undefined) return { kind: 'embedded', directory: home.databasePath };
  const ownerUrl = database.ownerUrl?.reveal();
  return { kind: 'postgres', url: database.url.reveal(), ...(ownerUrl !== undefined && { ownerUrl }) };
}

/** Applies missing migrations as the owner. Production without the owner's login only makes sure that none is missing. */
export async function prepareSchema(
  { profile, database: plan }: Configuration,
  database: Database,
): Promise<void> {
  if (profile === 'production' && plan.ownerUrl === undefined) await database.verifySchema();
  else await database.migrate();
}

/** Production refuses a login that could step around row-level security. */
export async function rejectPrivilegedLogin({ profile }: Configuration, database: Database): Promise<void> {
  if (profile !== 'production') return;
  if (isPrivilegedLogin(await database.inspectLogin()))
    throw persistenceErrors.error('persistence-login-privileged');
}
