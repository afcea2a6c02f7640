import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { Database, Statement } from '../../persistence/index.ts';
import { type ActingContext, securityEvent } from '../sessions/session.repository.ts';
import type { PersonNotifier } from '../sign-in/person-notifier.ts';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts';

/** Recovery codes of accounts. */
export class RecoveryCodeRepository {
  readonly #database: Database;
  readonly #notifier: PersonNotifier;

  constructor(database: Database, notifier: PersonNotifier) {
    this.#database = database;
    this.#notifier = notifier;
  }

  /** Makes new codes in the place of all earlier ones, and answers them, this once. */
  async replace(acting: ActingContext): Promise<string[]> {
    const identity = this.#database.forIdentity(acting);
    const codes = newRecoveryCodes();
    const rows = codes.map(({ hash }) => ({ account_id: acting.actorId, code_hash: hash }));
    await identity.batch([
      identity.build.deleteFrom('recovery_code').where('account_id', '=', acting.actorId),
      identity.build.insertInto('recovery_code').values(rows),
      auditEntryInsert(identity.build, entryOf('recovery-codes.create', acting), null),
      securityEvent(identity, acting, 'recovery-codes.create', null),
    ]);
    return codes.map(({ text }) => text);
  }

  /** Uses a code up; false for one that is wrong or spent. Of two users of one code one succeeds. */
  async use(acting: ActingContext, typed: string): Promise<boolean> {
    const hash = recoveryCodeHash(typed);
    if (hash === undefined) return false;
    const notices: readonly Statement[] = await this.#notifier.noticesOf(
      acting.actorId,
      'recovery-code-used',
    );
    const identity = this.#database.forIdentity(acting);
    return identity.transaction(async (tx) => {
      const used = await tx.run(
        tx.build
          .updateTable('recovery_code')
          .set({ used_at: sql<Date>`now()` })
          .where('account_id', '=', acting.actorId)
          .where('code_hash', '=', hash)
          .where('used_at', 'is', null)
          .returning('account_id'),
      );
      if (used.length === 0) return false;
      await tx.batch([
        auditEntryInsert(tx.build, entryOf('recovery-code.use', acting), null),
        securityEvent(identity, acting, 'recovery-code.use', null),
        ...notices,
      ]);
      return true;
    });
  }
}

function entryOf(action: string, { actorId }: ActingContext) {
  return { action, resourceType: 'account', resourceId: actorId, outcome: 'success' } as const;
}
