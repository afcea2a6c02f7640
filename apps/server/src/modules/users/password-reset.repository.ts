import { type AccountId, type ClinicId, newId } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { AccountNumbers } from '../../connections/index.ts';
import type { EncryptionService, PlatformCipher } from '../../encryption/index.ts';
import type { Database, QueryBuilder, Statement } from '../../persistence/index.ts';
import type { ClinicIdentity, IdentityContext } from '../../request-context/index.ts';
import { type MailText, mailInsertFor } from '../mail/index.ts';
import { accountNumbers } from './account-statements.repository.ts';
import { usersErrors } from './users.errors.ts';

/** A code that was just made, with the mail that carries it. */
export interface ResetCode {
  readonly hash: Buffer;
  readonly expiresAt: Date;
  readonly mail: MailText;
}

/** Codes with which a person chooses a new password. */
export class PasswordResetRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /**
   * Opens a code for the active account with this address, in the place of earlier ones, and writes its mail to the address as the
   * account has it. Without such an account the same statements do nothing.
   */
  async open(context: IdentityContext, email: string, code: ResetCode): Promise<void> {
    const platform = await this.#encryption.forPlatform();
    const identity = this.#database.forIdentity(context);
    const { build } = identity;
    const [row] = await identity.run(
      build
        .selectFrom('account')
        .select(['id', 'email'])
        .where('email_index', '=', platform.emailIndex(email)),
    );
    const accountId = (row?.id ?? newId()) as AccountId;
    const recipient = row === undefined ? email : platform.open('account.email', row.id, row.email).reveal();
    await identity.batch([
      ...codeStatements(build, platform, { accountId, recipient }, code),
      auditEntryInsert(build, entryOf('password-reset.request', row === undefined ? null : accountId), null),
    ]);
  }

  /** The address of a member of the context's clinic, or `account-not-found`. */
  async getMemberAddress(context: ClinicIdentity, accountId: AccountId): Promise<string> {
    const identity = this.#database.forIdentity(context);
    const [member] = await identity.run(selectMember(identity.build, context.clinicId, accountId));
    if (member === undefined) throw usersErrors.error('account-not-found');
    const platform = await this.#encryption.forPlatform();
    return platform.open('account.email', accountId, member.email).reveal();
  }

  /**
   * As {@link open}, for a member of the context's clinic, all or nothing: the account is locked, so that the mail goes to the address
   * that it has, and nobody closes it meanwhile. Refuses with `account-not-found`, `account-disabled`, `account-closed-by-platform`.
   */
  async openForMember(context: ClinicIdentity, accountId: AccountId, code: ResetCode): Promise<void> {
    const platform = await this.#encryption.forPlatform();
    await this.#database.forIdentity(context).transaction(async (tx) => {
      const [member] = await tx.run(selectMember(tx.build, context.clinicId, accountId).forUpdate('a'));
      if (member === undefined) throw usersErrors.error('account-not-found');
      if (member.closed_by_platform) throw usersErrors.error('account-closed-by-platform');
      if (member.status !== 'active') throw usersErrors.error('account-disabled');
      const recipient = platform.open('account.email', accountId, member.email).reveal();
      const entry = entryOf('password-reset.request-by-administrator', accountId);
      await tx.batch([
        ...codeStatements(tx.build, platform, { accountId, recipient }, code),
        auditEntryInsert(tx.build, entry, context.clinicId),
      ]);
    });
  }

  /** The active account whose code this is: asked before the work of hashing a password. */
  async findAccount(context: IdentityContext, codeHash: Buffer): Promise<AccountId | undefined> {
    const identity = this.#database.forIdentity(context);
    const [row] = await identity.run(
      identity.build
        .selectFrom('email_code as c')
        .innerJoin('account as a', 'a.id', 'c.account_id')
        .select('a.id')
        .where('c.code_hash', '=', codeHash)
        .where('c.purpose', '=', 'reset-password')
        .where('c.expires_at', '>', sql<Date>`now()`)
        .where('a.status', '=', 'active'),
    );
    return row && (row.id as AccountId);
  }

  /** Uses the code up, sets the password and ends every session, all or nothing; else `mailed-code-refused`. */
  async reset(
    context: IdentityContext & { readonly actorId: AccountId },
    codeHash: Buffer,
    change: { readonly passwordHash: string; readonly notices: readonly Statement[] },
  ): Promise<AccountNumbers> {
    const { actorId } = context;
    return this.#database.forIdentity(context).transaction(async (tx) => {
      const used = await tx.run(
        tx.build
          .deleteFrom('email_code')
          .where('code_hash', '=', codeHash)
          .where('account_id', '=', actorId)
          .where('purpose', '=', 'reset-password')
          .where('expires_at', '>', sql<Date>`now()`)
          .returning('code_hash'),
      );
      if (used.length === 0) throw usersErrors.error('mailed-code-refused');
      await tx.batch([
        // Whoever asked for another address may be who the password is changed against.
        tx.build.deleteFrom('email_code').where('account_id', '=', actorId),
        tx.build
          .updateTable('account')
          .set((eb) => ({
            password_hash: change.passwordHash,
            session_epoch: eb('session_epoch', '+', 1),
            email_verified_at: sql<Date>`coalesce(email_verified_at, now())`,
          }))
          .where('id', '=', actorId),
        auditEntryInsert(tx.build, entryOf('password.reset', actorId), null),
        ...change.notices,
      ]);
      return accountNumbers(tx, actorId);
    });
  }
}

/** A code in the place of the account's earlier ones, and its mail; what is past its time goes. Nothing for an account that is not active. */
function codeStatements(
  build: QueryBuilder,
  platform: PlatformCipher,
  to: { readonly accountId: AccountId; readonly recipient: string },
  { hash, expiresAt, mail }: ResetCode,
): Statement[] {
  return [
    build
      .deleteFrom('email_code')
      .where((eb) =>
        eb.or([
          eb('expires_at', '<=', sql<Date>`now()`),
          eb.and([eb('account_id', '=', to.accountId), eb('purpose', '=', 'reset-password')]),
        ]),
      ),
    sql`insert into email_code (code_hash, purpose, account_id, expires_at)
      select ${hash}::bytea, 'reset-password', id, ${expiresAt}::timestamptz
      from account where id = ${to.accountId}::uuid and status = 'active'`.compile(build),
    mailInsertFor(build, platform, to, mail),
  ];
}

function selectMember(build: QueryBuilder, clinicId: ClinicId, accountId: AccountId) {
  return build
    .selectFrom('account as a')
    .innerJoin('membership as m', 'm.account_id', 'a.id')
    .select(['a.email', 'a.status', 'a.closed_by_platform'])
    .where('m.clinic_id', '=', clinicId)
    .where('a.id', '=', accountId)
    .limit(1);
}

function entryOf(action: string, id: AccountId | null) {
  return { action, resourceType: 'account', resourceId: id, outcome: 'success' } as const;
}
