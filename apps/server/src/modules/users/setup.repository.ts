import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { EncryptionService } from '../../encryption/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import { accountRow, type NewAccount } from './account-row.ts';

/** The set-up code and the first administrator. */
export class SetupRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** Makes the first administrator if the code is good and there is none; answers whether it did. Two callers cannot both win. */
  async createFirstAdministrator(
    context: IdentityContext,
    codeHash: Buffer,
    account: NewAccount,
  ): Promise<boolean> {
    const identity = this.#database.forIdentity(context);
    const row = accountRow(await this.#encryption.forPlatform(), account);
    const created = {
      action: 'account.create',
      resourceType: 'account',
      resourceId: account.id,
      outcome: 'success',
    } as const;
    return identity.transaction(async (tx) => {
      const used = await tx.run(
        tx.build
          .updateTable('setup_code')
          .set({ used_at: sql<Date>`now()` })
          .where('code_hash', '=', codeHash)
          .where('used_at', 'is', null)
          .where('expires_at', '>', sql<Date>`now()`)
          .where(({ not, exists, selectFrom }) =>
            not(exists(selectFrom('account').select('id').where('platform_role', '=', 'SUPER_ADMIN'))),
          )
          .returning('code_hash'),
      );
      if (used.length === 0) return false;
      const insert = tx.build.insertInto('account').values({ ...row, platform_role: 'SUPER_ADMIN' });
      await tx.batch([insert, auditEntryInsert(tx.build, created, null)]);
      return true;
    });
  }

  /** Whether this code would make the first administrator: asked before the work of hashing a password. */
  async isSetupOpen(context: IdentityContext, codeHash: Buffer): Promise<boolean> {
    const identity = this.#database.forIdentity(context);
    const rows = await identity.run(
      identity.build
        .selectFrom('setup_code')
        .select('code_hash')
        .where('code_hash', '=', codeHash)
        .where('used_at', 'is', null)
        .where('expires_at', '>', sql<Date>`now()`),
    );
    return rows.length > 0;
  }

  /** Replaces any set-up code by a new one, unless there is an administrator; answers whether a code is now open. */
  async openSetup(context: IdentityContext, codeHash: Buffer, expiresAt: Date): Promise<boolean> {
    const identity = this.#database.forIdentity(context);
    const [administrators] = await identity.batch([
      identity.build.selectFrom('account').select('id').where('platform_role', '=', 'SUPER_ADMIN').limit(1),
      identity.build.deleteFrom('setup_code'),
      identity.build.insertInto('setup_code').values({ code_hash: codeHash, expires_at: expiresAt }),
    ]);
    return administrators.length === 0;
  }
}
