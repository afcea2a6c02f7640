import type { Connection } from 'pg';

const MAX_STATEMENTS = 300;

const caches = new WeakMap<Connection, PreparedStatements>();

/** The statements that one connection's server session has prepared: at most 300, the least recently used is closed first. */
export class PreparedStatements {
  /** Text to name, in the order of last use. */
  readonly #names = new Map<string, string>();
  #abandoned: string[] = [];
  #counter = 0;

  static of(connection: Connection): PreparedStatements {
    const known = caches.get(connection) ?? new PreparedStatements();
    caches.set(connection, known);
    return known;
  }

  /** How many statements the session is believed to hold. */
  get size(): number {
    return this.#names.size;
  }

  /** The name of a text, with the messages that prepare it when the session does not know it yet. */
  use(connection: Connection, text: string): string {
    const known = this.#names.get(text);
    const name = known ?? this.#prepare(connection, text);
    this.#names.delete(text);
    this.#names.set(text, name);
    return name;
  }

  /** Closes what earlier exchanges left behind. The caller sends Sync. */
  closeAbandoned(connection: Connection): void {
    for (const name of this.#abandoned) connection.close({ type: 'S', name }, true);
    this.#abandoned = [];
  }

  /** After a failure nobody knows which texts were parsed, or still fit their tables: they are closed and prepared anew. */
  forget(texts: readonly string[]): void {
    for (const text of texts) this.#abandon(text);
  }

  #prepare(connection: Connection, text: string): string {
    this.#counter += 1;
    const name = `careward_${this.#counter}`;
    connection.parse({ name, text, types: [] }, true);
    const [oldest] = this.#names.keys();
    if (this.#names.size >= MAX_STATEMENTS && oldest !== undefined) this.#abandon(oldest);
    return name;
  }

  #abandon(text: string): void {
    const name = this.#names.get(text);
    if (name !== undefined) this.#abandoned.push(name);
    this.#names.delete(text);
  }
}
