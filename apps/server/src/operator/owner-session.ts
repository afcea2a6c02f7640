// SQL as the owner of the embedded database, past every policy and grant.
//
// Shows what whoever owns the machine sees and can do: ciphertext in the tables, and entries of the log to alter, which the ledger's
// verification then names. Not a tool of operation: refused in production and on a Postgres server, and the directory's lock keeps
// it from running beside a server.
import type { Configuration } from '../config/index.ts';
import { openDatabase, openHome } from '../connections/index.ts';
import { operatorErrors } from './operator.errors.ts';

/** Runs one statement with its parameters and gives the rows. */
export type OwnerQuery = (text: string, values: readonly unknown[]) => Promise<Record<string, unknown>[]>;

/** Opens the embedded database, works on it as its owner, and closes it. Refuses with `operator-development-only`. */
export async function asDatabaseOwner<T>(
  configuration: Configuration,
  work: (query: OwnerQuery) => Promise<T>,
): Promise<T> {
  if (configuration.profile === 'production' || configuration.database.url !== undefined) {
    throw operatorErrors.error('operator-development-only');
  }
  const { databasePath } = await openHome(configuration);
  const connection = await openDatabase({ kind: 'embedded', directory: databasePath });
  try {
    return await connection.asOwner((owner) =>
      work(async (text, values) => (await owner.query(text, [...values])).rows),
    );
  } finally {
    await connection.close();
  }
}
