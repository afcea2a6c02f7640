import type { AccountId } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { AccountNumbers } from '../../connections/index.ts';
import type { EncryptionService } from '../../encryption/index.ts';
import { type Database, isUniqueViolation, type Statement } from '../../persistence/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import { type MailText, mailInsert } from '../mail/index.ts';
import { accountNumbers } from './account-statements.repository.ts';
import { usersErrors } from './users.errors.ts';

/** An address that the acting account wants to have. */
export interface WantedAddress {
  readonly email: string;
  readonly codeHash: Buffer;
  readonly expiresAt: Date;
  /** To the new address. */
  readonly confirmation: MailText;
  /** To the present one. */
  readonly warning: MailText;
}

type Acting = IdentityContext & { readonly actorId: AccountId };

/** Changes of the acting account's e-mail address. */
export class EmailChangeRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** Opens a code for the new address, in the place of earlier ones, and writes the mails to both. Whose the address is now is not looked at. */
  async open(acting: Acting, wanted: WantedAddress): Promise<void> {
    const platform = await this.#encryption.forPlatform();
    const identity = this.#database.forIdentity(acting);
    const { build } = identity;
    const [row] = await identity.run(
      build.selectFrom('account').select(['id', 'email']).where('id', '=', acting.actorId),
    );
    if (row === undefined) throw usersErrors.error('account-not-found');
    const present = platform.open('account.email', row.id, row.email).reveal();
    await identity.batch([
      build
        .deleteFrom('email_code')
        .where('account_id', '=', acting.actorId)
        .where('purpose', '=', 'change-email'),
      build.insertInto('email_code').values({
        code_hash: wanted.codeHash,
        purpose: 'change-email',
        account_id: acting.actorId,
        new_email: platform.seal('email_code.new_email', rowOf(wanted.codeHash), wanted.email),
        new_email_index: platform.emailIndex(wanted.email),
        expires_at: wanted.expiresAt,
      }),
      mailInsert(build, platform, wanted.email, wanted.confirmation),
      mailInsert(build, platform, present, wanted.warning),
      auditEntryInsert(build, entryOf('email.change-request', acting.actorId), null),
    ]);
  }

  /** Uses the code up and changes the address. Codes for the former address end. Refuses with `mailed-code-refused` and `email-taken`. */
  async confirm(acting: Acting, codeHash: Buffer, notices: readonly Statement[]): Promise<AccountNumbers> {
    try {
      return await this.#confirm(acting, codeHash, notices);
    } catch (error) {
      if (isUniqueViolation(error, 'account_email_index_key')) {
        throw usersErrors.error('email-taken', { cause: error });
      }
      throw error;
    }
  }

  async #confirm(acting: Acting, codeHash: Buffer, notices: readonly Statement[]): Promise<AccountNumbers> {
    const platform = await this.#encryption.forPlatform();
    const { actorId } = acting;
    return this.#database.forIdentity(acting).transaction(async (tx) => {
      const [used] = await tx.run(
        tx.build
          .deleteFrom('email_code')
          .where('code_hash', '=', codeHash)
          .where('account_id', '=', actorId)
          .where('purpose', '=', 'change-email')
          .where('expires_at', '>', sql<Date>`now()`)
          .returning('new_email'),
      );
      if (used?.new_email == null) throw usersErrors.error('mailed-code-refused');
      const email = platform.open('email_code.new_email', rowOf(codeHash), used.new_email).reveal();
      await tx.batch([
        ...notices,
        tx.build
          .updateTable('account')
          .set({
            email: platform.seal('account.email', actorId, email),
            email_index: platform.emailIndex(email),
            email_verified_at: sql<Date>`now()`,
          })
          .where('id', '=', actorId),
        tx.build.deleteFrom('email_code').where('account_id', '=', actorId),
        auditEntryInsert(tx.build, entryOf('email.change', actorId), null),
      ]);
      return accountNumbers(tx, actorId);
    });
  }
}

/** What a sealed address is bound to: the code that confirms it. */
function rowOf(codeHash: Buffer): string {
  return codeHash.toString('base64url');
}

function entryOf(action: string, id: AccountId) {
  return { action, resourceType: 'account', resourceId: id, outcome: 'success' } as const;
}
