import { type AccountId, newId, type SessionId } from '@careward/kernel';
import type { TestDatabase } from './database.ts';

/** Rows around the watch over sessions, as the owner of the schema sees and makes them. */
export class SessionWatchRows {
  readonly #db: TestDatabase;

  private constructor(db: TestDatabase) {
    this.#db = db;
  }

  /** The owner looks at the rows: policies of reading are not what such tests are about. */
  static async of(db: TestDatabase): Promise<SessionWatchRows> {
    await db.asOwner('alter table security_event no force row level security');
    await db.asOwner('alter table audit_entry no force row level security');
    return new SessionWatchRows(db);
  }

  async account(): Promise<AccountId> {
    const id = newId<AccountId>();
    const values = [id, Buffer.from('e'), Buffer.from(id), Buffer.from('n')];
    await this.#db.asOwner(
      'insert into account (id, email, email_index, display_name) values ($1, $2, $3, $4)',
      values,
    );
    return id;
  }

  async shown(accountId: AccountId) {
    return await this.#db.asOwner(
      'select kind, session_id, address, agent from security_event where account_id = $1',
      [accountId],
    );
  }

  async entries(sessionId: SessionId) {
    const columns = 'action, actor_id, actor_role, outcome, reason';
    return await this.#db.asOwner(`select ${columns} from audit_entry where resource_id = $1`, [sessionId]);
  }

  async insertEvent(accountId: AccountId, id: string, age: string): Promise<void> {
    const values = [accountId, id];
    await this.#db.asOwner(
      "insert into security_event (account_id, id, kind) values ($1, $2, 'probe')",
      values,
    );
    await this.#db.asOwner('update security_event set created_at = now() - $1::interval where id = $2', [
      age,
      id,
    ]);
  }

  async insertRevocation(accountId: AccountId, id: string, ends: string): Promise<void> {
    await this.#db.asOwner(
      'insert into session_revocation (session_id, account_id, expires_at) values ($1, $2, now() + $3::interval)',
      [id, accountId, ends],
    );
  }
}
