// What production asks of the addresses of its database and its store.
//
// Decision: a connection over the loopback address needs no TLS but does need a password, since any local process can open it;
// a Unix socket needs neither, since the server sees which user is on the other end. Everything else needs both, and TLS has to
// check the name in the certificate. Defends against eavesdropping and against a login that could bypass row-level security.
import type { Fault } from '@careward/kernel';
import type { DatabaseConfiguration } from './database.ts';
import type { StoreConfiguration } from './store.ts';

const PRIVILEGED_LOGINS = new Set([
  'postgres',
  'root',
  'admin',
  'rdsadmin',
  'rds_superuser',
  'cloudsqladmin',
  'cloudsqlsuperuser',
  'azure_superuser',
  'azure_pg_admin',
  'supabase_admin',
  'neondb_owner',
  'doadmin',
]);

const EMBEDDED: Fault = {
  path: 'CAREWARD_DATABASE_URL',
  message: 'is missing, and production refuses the embedded database; name a login on a Postgres server',
};

/** Faults of the two database addresses. Without one the embedded database would serve, whose one login owns every row. */
export function databaseFaults({ url, ownerUrl }: DatabaseConfiguration): Fault[] {
  const login = url && new URL(url.reveal());
  const owner = ownerUrl && new URL(ownerUrl.reveal());
  return [
    ...(login ? postgresFaults('CAREWARD_DATABASE_URL', login) : [EMBEDDED]),
    ...(owner ? postgresFaults('CAREWARD_DATABASE_OWNER_URL', owner) : []),
    ...(login ? privilegeFaults(login, owner) : []),
  ];
}

/** Faults of the store's address. */
export function redisFaults({ redisUrl }: StoreConfiguration): Fault[] {
  if (redisUrl === undefined) return [];
  const url = new URL(redisUrl.reveal());
  const path = 'CAREWARD_REDIS_URL';
  const faults: Fault[] = [];
  if (url.password === '') faults.push({ path, message: 'has no password; give the store one and add it' });
  if (url.protocol !== 'rediss:' && !isLoopback(url.hostname)) {
    faults.push({ path, message: 'crosses the network without TLS; use rediss://' });
  }
  return faults;
}

function postgresFaults(path: string, url: URL): Fault[] {
  const socket = lastParameter(url, 'host')?.startsWith('/') ?? false;
  if (socket || url.hostname.startsWith('%2F')) return [];
  const faults: Fault[] = [];
  if (url.password === '') faults.push({ path, message: 'has no password; give the login one and add it' });
  const target = lastParameter(url, 'host') ?? url.hostname;
  if (!isLoopback(target) && lastParameter(url, 'sslmode') !== 'verify-full') {
    faults.push({ path, message: 'crosses the network without checked TLS; add sslmode=verify-full' });
  }
  return faults;
}

function privilegeFaults(login: URL, owner: URL | undefined): Fault[] {
  const path = 'CAREWARD_DATABASE_URL';
  const user = userOf(login);
  if (user === '' || PRIVILEGED_LOGINS.has(user)) {
    return [
      {
        path,
        message: 'has no login, or one that can bypass row-level security; use a login that owns nothing',
      },
    ];
  }
  if (owner && userOf(owner) === user) {
    return [{ path, message: 'uses the login that owns the schema; use one that owns nothing' }];
  }
  return [];
}

function userOf(url: URL): string {
  return (lastParameter(url, 'user') ?? decodeURIComponent(url.username)).toLowerCase();
}

/** The driver takes the last of repeated parameters. */
function lastParameter(url: URL, name: string): string | undefined {
  return url.searchParams.getAll(name).at(-1);
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    hostname === '::1' ||
    /^127(?:\.\d{1,3}){3}$/.test(hostname)
  );
}
