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

/** A write that makes one resource, and the read that answers it. */
export interface ResourceWrite<Id extends string, Row> {
  readonly resourceId: Id;
  readonly statements: readonly Statement[];
  /** Reads the resource as it stands after the write. */
  readonly answer: (resourceId: Id) => Statement<Row>;
}

/**
 * Writes, stores the receipt and reads the answer in one transaction and one round trip. When the receipt is there already, nothing
 * is written and the resource that it first made is answered; a key that was used for another request is refused as
 * `idempotency-key-reused`.
 */
export async function writeOnce<Id extends string, Row>(
  database: ScopedDatabase,
  receipt: WriteReceipt | null,
  write: ResourceWrite<Id, Row>,
): Promise<Row[]> {
  const { resourceId, statements, answer } = write;
  const stored = receipt === null ? [] : [insertReceipt(database, receipt, resourceId)];
  try {
    const results = await database.batch([...stored, ...statements, answer(resourceId)]);
    return results.at(-1) as Row[];
  } catch (error) {
    if (receipt === null || !isUniqueViolation(error, 'idempotency_receipt_pkey')) throw error;
    return await database.run(answer((await earlierResource(database, receipt)) as Id));
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
