// Several statements under one Sync: one round trip, one transaction, all or nothing.
//
// Defends: the context of a request from outliving it. In the extended query protocol everything before a Sync is one implicit
// transaction (PostgreSQL, 55.2.3), so settings made local by the first statement end with it, also when a later one fails.
// Leans on the query interface of `pg` 8.23 (submit and the handle… methods, the one cursors use); the exact version is pinned and
// a fuzz test looks for leaks.
import type { Client, Connection, Submittable } from 'pg';
import { PreparedStatements } from './prepared-statements.ts';
import { decoderOf, type WireDecoder, type WireValue } from './wire-values.ts';

/** A statement ready for the wire. */
export interface WireStatement {
  readonly text: string;
  readonly values: readonly WireValue[];
  /** Its row is of no interest, so the server is not asked to describe it. */
  readonly rowless?: true;
}

/** What one statement gave. `command` is the server's tag, for example `INSERT 0 1`. */
export interface WireResult {
  readonly rows: Record<string, unknown>[];
  readonly command: string;
}

/** Runs statements on a connection in one round trip; rejects with the driver's error when any fails, and then none happened. */
export function exchange(client: Client, statements: readonly WireStatement[]): Promise<WireResult[]> {
  return new Promise((resolve, reject) => {
    client.query(new Exchange(statements, resolve, reject));
  });
}

interface Column {
  readonly name: string;
  readonly decode: WireDecoder;
}

class Exchange implements Submittable {
  /** Read by the driver: a query with a callback is not given one of the driver's own. */
  readonly callback = (): void => {};
  readonly #statements: readonly WireStatement[];
  readonly #resolve: (results: WireResult[]) => void;
  readonly #reject: (error: unknown) => void;
  readonly #results: WireResult[] = [];
  #columns: Column[] = [];
  #rows: Record<string, unknown>[] = [];
  #failure: unknown;

  constructor(
    statements: readonly WireStatement[],
    resolve: (results: WireResult[]) => void,
    reject: (error: unknown) => void,
  ) {
    this.#statements = statements;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: Connection): void {
    const prepared = PreparedStatements.of(connection);
    connection.stream.cork();
    prepared.closeAbandoned(connection);
    for (const statement of this.#statements) send(connection, prepared, statement);
    connection.sync();
    connection.stream.uncork();
  }

  handleRowDescription(message: { fields: { name: string; dataTypeID: number }[] }): void {
    this.#columns = message.fields.map((field) => ({
      name: field.name,
      decode: decoderOf(field.dataTypeID),
    }));
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    if (this.#failure !== undefined) return;
    try {
      this.#rows.push(decodeRow(this.#columns, message.fields));
    } catch (error) {
      this.#failure = error;
    }
  }

  handleCommandComplete(message: { text: string }): void {
    this.#results.push({ rows: this.#rows, command: message.text });
    this.#rows = [];
    this.#columns = [];
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  handlePortalSuspended(): void {}

  handleCopyInResponse(connection: Connection & { sendCopyFail(reason: string): void }): void {
    connection.sendCopyFail('COPY is not supported');
  }

  handleCopyData(): void {}

  handleError(error: unknown, connection: Connection): void {
    PreparedStatements.of(connection).forget(this.#statements.map((statement) => statement.text));
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    const complete = this.#results.length === this.#statements.length;
    if (this.#failure !== undefined) this.#reject(this.#failure);
    else if (complete) this.#resolve(this.#results);
    else this.#reject(new Error('the server answered fewer statements than were sent'));
  }
}

function send(connection: Connection, prepared: PreparedStatements, statement: WireStatement): void {
  const name = prepared.use(connection, statement.text);
  connection.bind({ statement: name, values: [...statement.values] }, true);
  if (!statement.rowless) connection.describe({ type: 'P', name: '' }, true);
  connection.execute({}, true);
}

function decodeRow(columns: readonly Column[], fields: readonly (string | null)[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  columns.forEach((column, index) => {
    const text = fields[index];
    row[column.name] = text === null || text === undefined ? null : column.decode(text);
  });
  return row;
}
