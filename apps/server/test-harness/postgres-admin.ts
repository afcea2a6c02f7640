/** The administrator of the PostgreSQL server that tests run on. */
import pg from 'pg';

const ADMIN_URL = process.env.CAREWARD_TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** Runs work as the server's administrator. */
export async function asAdmin<T>(work: (admin: pg.Client) => Promise<T>, database?: string): Promise<T> {
  const admin = new pg.Client({ connectionString: database ? databaseUrl(database) : ADMIN_URL });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

/** Drops a database, whoever has it open. */
export async function dropTestDatabase(name: string): Promise<void> {
  await asAdmin((admin) => admin.query(`drop database if exists ${name} with (force)`));
}

/** Where a database is: as the administrator sees it, or an ordinary role. */
export function databaseUrl(
  database: string,
  login?: { readonly role: string; readonly password: string },
): string {
  const url = new URL(ADMIN_URL);
  url.pathname = `/${database}`;
  if (login !== undefined) {
    url.username = login.role;
    url.password = login.password;
  }
  return url.href;
}
