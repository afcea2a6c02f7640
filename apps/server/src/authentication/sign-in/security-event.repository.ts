import type { Database } from '../../persistence/index.ts';
import type { IdentityContext, PageRequest } from '../../request-context/index.ts';
import type { ActingContext } from '../sessions/session.repository.ts';

/** What a person is shown of the use of their account. */
export interface SecurityEventView {
  readonly id: string;
  readonly kind: string;
  readonly at: Date;
  readonly address: string | null;
  readonly agent: string | null;
  readonly sessionId: string | null;
}

const SHOWN_MS = 30 * 86_400_000;

/** Security events of accounts. */
export class SecurityEventRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The acting account's events of the last 30 days, the newest first; ids are in the order of time. */
  async list(
    acting: ActingContext,
    { limit, after }: PageRequest<string>,
    nowMs: number,
  ): Promise<SecurityEventView[]> {
    const identity = this.#database.forIdentity(acting);
    const own = identity.build
      .selectFrom('security_event')
      .select(['id', 'kind', 'created_at', 'address', 'agent', 'session_id'])
      .where('account_id', '=', acting.actorId)
      .where('created_at', '>', new Date(nowMs - SHOWN_MS))
      .orderBy('id', 'desc')
      .limit(limit);
    const rows = await identity.run(after === null ? own : own.where('id', '<', after));
    return rows.map((row) => ({
      id: row.id,
      kind: row.kind,
      at: row.created_at,
      address: row.address,
      agent: row.agent,
      sessionId: row.session_id,
    }));
  }

  /** Removes events of more than 30 days ago; answers how many. The policies show the operator no others. */
  async removeExpired(context: IdentityContext): Promise<number> {
    const operator = this.#database.forOperator(context);
    const removed = await operator.run(operator.build.deleteFrom('security_event').returning('id'));
    return removed.length;
  }
}
