import type { AccountId } from '@careward/kernel';
import { equalInConstantTime } from '@careward/kernel';
import { isUniqueViolation } from './database-failure.ts';
import { persistenceErrors } from './persistence.errors.ts';
import type { ScopedDatabase } from './scoped-database.ts';
import type { Statement } from './statement.ts';

/** What an Idempotency-Key stands for: the caller, the key, and a keyed digest of the whole request. */
export interface WriteReceipt {
  readonly accountId: AccountId;
  readonly key: string;
  readonly digest: Buffer;
}

/**
 * Runs the statements and stores the receipt in the same transaction. When the receipt is there already, nothing is written and the
 * id that it first made is answered; a key that was used for another request is refused as `idempotency-key-reused`.
 */
export async function writeOnce<Id extends string>(
  database: ScopedDatabase,
  receipt: WriteReceipt | null,
  resourceId: Id,
  statements: readonly Statement[],
): Promise<Id> {
  if (receipt === null) {
    await database.batch(statements);
    return resourceId;
  }
  try {
    await database.batch([insertReceipt(database, receipt, resourceId), ...statements]);
    return resourceId;
  } catch (error) {
    if (!isUniqueViolation(error, 'idempotency_receipt_pkey')) throw error;
    return (await earlierResource(database, receipt)) as Id;
  }
}

function insertReceipt(database: ScopedDatabase, receipt: WriteReceipt, resourceId: string): Statement {
  return database.build.insertInto('idempotency_receipt').values({
    account_id: receipt.accountId,
    key: receipt.key,
    request_digest: receipt.digest,
    resource_id: resourceId,
  });
}

async function earlierResource(database: ScopedDatabase, receipt: WriteReceipt): Promise<string> {
  const [row] = await database.run(
    database.build
      .selectFrom('idempotency_receipt')
      .select(['request_digest', 'resource_id'])
      .where('account_id', '=', receipt.accountId)
      .where('key', '=', receipt.key),
  );
  if (row === undefined || !equalInConstantTime(row.request_digest, receipt.digest)) {
    throw persistenceErrors.error('idempotency-key-reused');
  }
  return row.resource_id;
}
