/** Statements in a context: the one way to data. */
export { Database, isPrivilegedLogin } from './database.ts';
export { isForeignKeyViolation, isUniqueViolation } from './database-failure.ts';

export { persistenceErrors } from './persistence.errors.ts';
export type { QueryBuilder } from './query-builder.ts';
export { ReceiptHousekeepingRepository } from './receipt-housekeeping.repository.ts';
export { type ClinicDatabase, ScopedDatabase } from './scoped-database.ts';

export type { ScopedTransaction } from './scoped-transaction.ts';
export type { Statement } from './statement.ts';
export { statementTemplate } from './statement-template.ts';
export { WrappedKeyRepository } from './wrapped-key.repository.ts';
export { type WriteReceipt, writeOnce } from './write-once.ts';
export { WriteReceipts } from './write-receipts.ts';
