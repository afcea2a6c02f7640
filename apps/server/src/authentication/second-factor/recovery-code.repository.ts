import type { AccountId } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { Database, ScopedTransaction, Statement } from '../../persistence/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
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

  /**
   * Makes new codes in the place of all earlier ones, and answers them, this once. Refuses with `second-factor-not-found` an account
   * without a factor. The account's row is locked, so that the last one does not go meanwhile: its codes would wait for the next.
   */
  async replace(acting: ActingContext): Promise<string[]> {
    const codes = newRecoveryCodes();
    const rows = codes.map(({ hash }) => ({ account_id: acting.actorId, code_hash: hash }));
    await this.#database.forIdentity(acting).transaction(async (tx) => {
      if (!(await lockFactors(tx, acting.actorId)))
        throw authenticationErrors.error('second-factor-not-found');
      await tx.batch([
        tx.build.deleteFrom('recovery_code').where('account_id', '=', acting.actorId),
        tx.build.insertInto('recovery_code').values(rows),
        auditEntryInsert(tx.build, entryOf('recovery-codes.create', acting), null),
        securityEvent(tx, acting, 'recovery-codes.create', null),
      ]);
    });
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

/** Whether the account has a second factor, until the transaction ends: whatever takes one away locks the account's row first. */
async function lockFactors(tx: ScopedTransaction, accountId: AccountId): Promise<boolean> {
  const [, secrets, passkeys] = await tx.batch([
    tx.build.selectFrom('account').select('id').where('id', '=', accountId).forUpdate(),
    tx.build
      .selectFrom('totp_factor')
      .select('account_id')
      .where('account_id', '=', accountId)
      .where('confirmed_at', 'is not', null),
    tx.build.selectFrom('passkey').select('account_id').where('account_id', '=', accountId).limit(1),
  ]);
  return secrets.length + passkeys.length > 0;
}

function entryOf(action: string, { actorId }: ActingContext) {
  return { action, resourceType: 'account', resourceId: actorId, outcome: 'success' } as const;
}
