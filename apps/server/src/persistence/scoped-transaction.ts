import type { Client } from 'pg';
import { toCarewardError } from './database-failure.ts';
import { exchange, type WireResult, type WireStatement } from './exchange.ts';
import { persistenceErrors } from './persistence.errors.ts';
import type { QueryBuilder } from './query-builder.ts';
import { compile, type RowsOf, type Statement, toRows, toWire, wrote } from './statement.ts';

const BEGIN: WireStatement = { text: 'begin', values: [], rowless: true };
const COMMIT: WireStatement = { text: 'commit', values: [], rowless: true };
const ROLLBACK: WireStatement = { text: 'rollback', values: [], rowless: true };

/** The statements of one open transaction. Calls made at once run one after the other. */
export interface ScopedTransaction {
  /** Writes statements; executing through it is refused. */
  readonly build: QueryBuilder;
  /** Runs one statement in one round trip. */
  run<T>(statement: Statement<T>): Promise<T[]>;
  /** Runs several statements in one round trip. */
  batch<const T extends readonly Statement[]>(statements: T): Promise<RowsOf<T>>;
}

/** A transaction that begins with its first statement. After a failed statement every further one fails, and so does the commit. */
export class LazyTransaction implements ScopedTransaction {
  readonly build: QueryBuilder;
  /** Statements that wrote. */
  writes = 0;
  /** The connection may still be inside the transaction and must not be used again. */
  abandoned = false;
  readonly #client: Client;
  readonly #context: WireStatement;
  #begun = false;
  #finished = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(client: Client, build: QueryBuilder, context: WireStatement) {
    this.#client = client;
    this.build = build;
    this.#context = context;
  }

  async run<T>(statement: Statement<T>): Promise<T[]> {
    const [rows] = await this.batch([statement]);
    return rows as T[];
  }

  async batch<const T extends readonly Statement[]>(statements: T): Promise<RowsOf<T>> {
    if (this.#finished) throw persistenceErrors.error('persistence-transaction-finished');
    const queries = statements.map(compile);
    const results = await this.#inTurn(queries.map(toWire));
    this.writes += results.filter(wrote).length;
    return results.map((result, index) =>
      toRows(queries[index] as (typeof queries)[number], result),
    ) as RowsOf<T>;
  }

  /** Does the work, then commits or rolls back. For `ScopedDatabase` only. */
  async complete<T>(work: (tx: ScopedTransaction) => Promise<T>): Promise<T> {
    try {
      const result = await work(this);
      await this.#commit();
      return result;
    } catch (error) {
      await this.#rollBack();
      throw error;
    }
  }

  async #inTurn(statements: readonly WireStatement[]): Promise<WireResult[]> {
    const turn = this.#last.then(() => this.#send(statements));
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } catch (error) {
      throw toCarewardError(error);
    }
  }

  async #send(statements: readonly WireStatement[]): Promise<WireResult[]> {
    if (this.#begun) return await exchange(this.#client, statements);
    this.#begun = true;
    const [, , ...results] = await exchange(this.#client, [BEGIN, this.#context, ...statements]);
    return results;
  }

  async #commit(): Promise<void> {
    this.#finished = true;
    await this.#last;
    if (!this.#begun) return;
    const [result] = await this.#end();
    // A transaction in which a statement failed answers COMMIT with ROLLBACK.
    if (result?.command !== 'COMMIT') throw persistenceErrors.error('persistence-transaction-rolled-back');
  }

  async #end(): Promise<WireResult[]> {
    try {
      return await exchange(this.#client, [COMMIT]);
    } catch (error) {
      throw toCarewardError(error);
    } finally {
      this.#begun = false;
    }
  }

  async #rollBack(): Promise<void> {
    this.#finished = true;
    await this.#last;
    if (!this.#begun) return;
    await exchange(this.#client, [ROLLBACK]).then(
      () => undefined,
      () => {
        this.abandoned = true;
      },
    );
  }
}
