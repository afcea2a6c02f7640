import type { TestDatabase } from './database.ts';

const TABLES = ['audit_entry', 'ledger_leaf', 'ledger_tile', 'ledger_checkpoint'];

/** Somebody who owns the database: takes every guard of the schema down, and can put the log back for the next attack. */
export class LedgerAttacker {
  readonly #test: TestDatabase;

  constructor(test: TestDatabase) {
    this.#test = test;
  }

  /** Takes the guards down and remembers the log as it is. */
  async prepare(): Promise<void> {
    await this.run(`
      alter table audit_entry no force row level security;
      alter table audit_entry disable trigger user;
      alter table audit_entry alter id drop identity;
      alter table ledger_leaf drop constraint ledger_leaf_entry_id_fkey;
      alter table ledger_leaf drop constraint ledger_leaf_entry_id_key;
      alter table ledger_leaf drop constraint ledger_leaf_pkey;
      alter table audit_entry drop constraint audit_entry_pkey;
      ${TABLES.map((table) => `create table kept_${table} as table ${table};`).join('\n')}`);
  }

  /** Runs SQL as the owner. */
  async run(sql: string): Promise<void> {
    await this.#test.asOwner(sql);
  }

  /** Puts the log back. */
  async restore(): Promise<void> {
    await this.run(
      TABLES.toReversed()
        .map((table) => `delete from ${table};`)
        .join('\n') + TABLES.map((table) => `insert into ${table} select * from kept_${table};`).join('\n'),
    );
  }
}
