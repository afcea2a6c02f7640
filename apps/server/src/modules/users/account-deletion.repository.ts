import { randomBytes } from 'node:crypto';
import type { AccountId } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { AccountNumbers } from '../../connections/index.ts';
import type { EncryptionService, PlatformCipher } from '../../encryption/index.ts';
import type { Database, QueryBuilder } from '../../persistence/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import { accountNumbers } from './account-statements.repository.ts';
import { requireOthersEverywhere } from './administrators.repository.ts';
import { usersErrors } from './users.errors.ts';

/** As long as a blind index: an address that nobody has, so that the former one is free. */
const INDEX_BYTES = 16;

/** Empties accounts. */
export class AccountDeletionRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /**
   * Takes everything from the account but its id, which the audit log goes on to name; nothing of it comes back. Refuses with
   * `last-administrator`, also one of two who go at the same instant.
   */
  async empty(context: IdentityContext, accountId: AccountId): Promise<AccountNumbers> {
    const platform = await this.#encryption.forPlatform();
    return this.#database.forIdentity(context).transaction(async (tx) => {
      await requireOthersEverywhere(tx, context, accountId);
      const [emptied] = await tx.run(emptyAccount(tx.build, platform, accountId));
      if (emptied === undefined) throw usersErrors.error('account-not-found');
      await tx.batch([
        ...LEFT_BEHIND.map((table) => tx.build.deleteFrom(table).where('account_id', '=', accountId)),
        auditEntryInsert(
          tx.build,
          { action: 'account.delete', resourceType: 'account', resourceId: accountId, outcome: 'success' },
          context.clinicId,
        ),
      ]);
      return accountNumbers(tx, accountId);
    });
  }
}

/** Everything that hangs on an account, and nothing that others need. */
const LEFT_BEHIND = [
  'membership',
  'known_device',
  'totp_factor',
  'recovery_code',
  'passkey',
  'security_event',
  'external_identity',
  'email_code',
] as const;

function emptyAccount(build: QueryBuilder, platform: PlatformCipher, accountId: AccountId) {
  return build
    .updateTable('account')
    .set((eb) => ({
      status: 'deleted',
      email: platform.seal('account.email', accountId, ''),
      email_index: randomBytes(INDEX_BYTES),
      display_name: platform.seal('account.display_name', accountId, ''),
      password_hash: null,
      email_verified_at: sql<null>`null`,
      session_epoch: eb('session_epoch', '+', 1),
    }))
    .where('id', '=', accountId)
    .where('status', '<>', 'deleted')
    .returning('id');
}
