import { sql } from 'kysely';
import type { IdentityContext } from '../request-context/index.ts';
import type { Database } from './database.ts';

/** Removes receipts of Idempotency-Keys that are older than a day. */
export class ReceiptHousekeepingRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Removes what has expired; answers how many. The database shows this role no other receipt. */
  async removeExpired(context: IdentityContext): Promise<number> {
    const operator = this.#database.forOperator(context);
    const statement = operator.build
      .deleteFrom('idempotency_receipt')
      .where('created_at', '<', sql<Date>`now() - interval '1 day'`);
    const [result] = await operator.run(statement);
    return Number(result?.numDeletedRows ?? 0);
  }
}
