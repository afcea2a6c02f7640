import type { Client, PoolClient } from 'pg';

/** How the database is reached: inside this process, or on a server. */
export type DatabaseKind = 'embedded' | 'postgres';

/** Who the login is to the server, which decides what a stolen connection could do. */
export interface LoginFacts {
  readonly name: string;
  readonly superuser: boolean;
  readonly bypassesRowSecurity: boolean;
  /** May make itself a member of other roles, the owner included. */
  readonly createsRoles: boolean;
  readonly ownsTables: boolean;
}

/**
 * An open database. Every connection that `checkOut` hands over rests in the role `careward_none`, which may do nothing; only
 * `persistence/` takes connections and gives each statement its context. Rejections are the driver's raw errors.
 */
export interface DatabaseConnection {
  readonly kind: DatabaseKind;
  /**
   * Sync, Query and Flush messages put on the wire since opening, set-up of connections left out: each makes the server answer
   * once, so this counts round trips.
   */
  readonly roundTrips: number;
  /** A connection of one's own until `release`; waits its turn, and rejects after the connect timeout. */
  checkOut(): Promise<PoolClient>;
  /** Runs work as the owner of the schema, for migrations and maintenance. Embedded, nothing else runs meanwhile. */
  asOwner<T>(work: (owner: Client) => Promise<T>): Promise<T>;
  /** Asks the server who the login is. */
  inspectLogin(): Promise<LoginFacts>;
  /** Tells how many statements wrote, so that the embedded database is vacuumed in time. */
  noteWrites(count: number): void;
  /** Ends every connection after its running statement, and releases the directory. Safe to call twice. */
  close(): Promise<void>;
}
