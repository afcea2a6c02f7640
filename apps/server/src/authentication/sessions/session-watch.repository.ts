import { newId } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import type { OwnSession } from './session-parts.ts';

/** What the watch over sessions writes and removes. */
export class SessionWatchRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes that a session is distrusted: the entry, and what its person is shown, with where and by what the session began. */
  async recordDistrust(
    context: IdentityContext,
    { record, body }: OwnSession,
    reasons: readonly string[],
  ): Promise<void> {
    const { accountId, sessionId } = record;
    const identity = this.#database.forIdentity(context);
    const event = {
      action: 'session.distrust',
      resourceType: 'session',
      resourceId: sessionId,
      outcome: 'success',
      reason: reasons.join(' '),
    } as const;
    await identity.batch([
      auditEntryInsert(identity.build, event, null),
      identity.build.insertInto('security_event').values({
        account_id: accountId,
        id: newId(),
        kind: 'session.suspicious',
        address: body.address,
        agent: body.agent,
        session_id: sessionId,
      }),
    ]);
  }

  /** Removes what people were shown of their accounts 30 days ago; answers how many rows. The database shows this role no others. */
  async removeOldEvents(context: IdentityContext): Promise<number> {
    const operator = this.#database.forOperator(context);
    const statement = operator.build
      .deleteFrom('security_event')
      .where('created_at', '<', sql<Date>`now() - interval '30 days'`);
    const [result] = await operator.run(statement);
    return Number(result?.numDeletedRows ?? 0);
  }
}
