import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { PoolClient } from 'pg';
import type { DatabaseConnection } from '../connections/index.ts';
import { isRetryable, toCarewardError, toConnectError } from './database-failure.ts';
import { exchange, type WireResult, type WireStatement } from './exchange.ts';
import { persistenceErrors } from './persistence.errors.ts';
import type { QueryBuilder } from './query-builder.ts';
import { LazyTransaction, type ScopedTransaction } from './scoped-transaction.ts';
import { compile, type RowsOf, type Statement, toRows, toWire, wrote } from './statement.ts';

const MAX_ATTEMPTS = 3;

/** Marks code that holds a connection: taking a second one inside deadlocks a pool of one. Code that outlives it is free again. */
const surrounding = new AsyncLocalStorage<{ open: boolean }>();

/**
 * The database in one context. Each call is a transaction of its own that starts with the context; nothing of it is left on the
 * connection. Rejections are CarewardErrors. A serialization failure or deadlock is tried three times by `run` and `batch`, and
 * never by `transaction`, whose work may have had other effects.
 */
export class ScopedDatabase {
  /** Writes statements; executing through it is refused. */
  readonly build: QueryBuilder;
  readonly #connection: DatabaseConnection;
  readonly #context: WireStatement;

  constructor(connection: DatabaseConnection, build: QueryBuilder, context: WireStatement) {
    this.#connection = connection;
    this.build = build;
    this.#context = context;
  }

  /** Runs one statement in one round trip. */
  async run<T>(statement: Statement<T>): Promise<T[]> {
    const [rows] = await this.batch([statement]);
    return rows as T[];
  }

  /** Runs several statements in one round trip, all or nothing; gives the rows of each. */
  async batch<const T extends readonly Statement[]>(statements: T): Promise<RowsOf<T>> {
    const queries = statements.map(compile);
    const wire = [this.#context, ...queries.map(toWire)];
    const [, ...results] = await this.#exchangeWithRetries(wire);
    this.#connection.noteWrites(results.filter(wrote).length);
    return results.map((result, index) =>
      toRows(queries[index] as (typeof queries)[number], result),
    ) as RowsOf<T>;
  }

  /**
   * Runs work in one transaction that commits when the work resolves and rolls back when it throws. BEGIN and context travel with
   * the first statement, so n calls cost n + 1 round trips. Inside, use only `tx`: this object refuses with
   * `persistence-nested-use`.
   */
  async transaction<T>(work: (tx: ScopedTransaction) => Promise<T>): Promise<T> {
    rejectNestedUse();
    const client = await this.#checkOut();
    const transaction = new LazyTransaction(client, this.build, this.#context);
    const mark = { open: true };
    try {
      return await surrounding.run(mark, () => transaction.complete(work));
    } finally {
      mark.open = false;
      client.release(transaction.abandoned);
      this.#connection.noteWrites(transaction.writes);
    }
  }

  async #exchangeWithRetries(statements: readonly WireStatement[]): Promise<WireResult[]> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#exchangeOnce(statements);
      } catch (error) {
        if (attempt >= MAX_ATTEMPTS || !isRetryable(error)) throw toCarewardError(error);
      }
      await delay(attempt * 5);
    }
  }

  async #exchangeOnce(statements: readonly WireStatement[]): Promise<WireResult[]> {
    rejectNestedUse();
    const client = await this.#checkOut();
    try {
      return await exchange(client, statements);
    } finally {
      client.release();
    }
  }

  async #checkOut(): Promise<PoolClient> {
    try {
      return await this.#connection.checkOut();
    } catch (error) {
      throw toConnectError(error);
    }
  }
}

/** A {@link ScopedDatabase} in one clinic's context. */
export type ClinicDatabase = ScopedDatabase;

function rejectNestedUse(): void {
  if (surrounding.getStore()?.open) throw persistenceErrors.error('persistence-nested-use');
}
