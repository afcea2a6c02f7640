import { type CompiledQuery, DeleteResult, InsertResult, UpdateResult } from 'kysely';
import type { WireResult, WireStatement } from './exchange.ts';
import { encodeParameter } from './wire-values.ts';

/** What can be run: anything of Kysely that compiles by itself, or is compiled already. */
export type Statement<T = unknown> = { compile(): CompiledQuery<T> } | CompiledQuery<T>;

/** The rows of a tuple of statements, in its order. */
export type RowsOf<T extends readonly Statement[]> = {
  -readonly [K in keyof T]: T[K] extends Statement<infer Row> ? Row[] : never;
};

/** Compiles a statement once. */
export function compile(statement: Statement): CompiledQuery {
  return 'compile' in statement ? statement.compile() : statement;
}

/** Encodes a compiled statement. Refuses parameters that have no wire form. */
export function toWire(query: CompiledQuery): WireStatement {
  return { text: query.sql, values: query.parameters.map(encodeParameter) };
}

/**
 * The rows as Kysely types them: a write without `returning` gives one InsertResult, UpdateResult or DeleteResult with the number
 * of rows, everything else the rows themselves.
 */
export function toRows(query: CompiledQuery, result: WireResult): unknown[] {
  const node = query.query;
  if ('returning' in node && node.returning !== undefined) return result.rows;
  switch (node.kind) {
    case 'InsertQueryNode':
      return [new InsertResult(undefined, affectedRows(result))];
    case 'UpdateQueryNode':
      return [new UpdateResult(affectedRows(result), undefined)];
    case 'DeleteQueryNode':
      return [new DeleteResult(affectedRows(result))];
    default:
      return result.rows;
  }
}

/** Whether the server's tag says that rows were written. */
export function wrote(result: WireResult): boolean {
  return /^(INSERT|UPDATE|DELETE|MERGE|COPY)\b/.test(result.command);
}

function affectedRows(result: WireResult): bigint {
  return BigInt(/\d+$/.exec(result.command)?.[0] ?? 0);
}
