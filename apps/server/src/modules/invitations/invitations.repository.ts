// Invitations as they are kept.
//
// Defends a clinic from who administered it once: an invitation is worth what its author's rights are worth at the moment somebody
// accepts it. Whether the author still administers is asked in the transaction that gives the roles, behind the locks that every change
// of those rights takes, so that of a dismissal and an acceptance at the same moment one comes first and the other sees it.
import type { ClinicRole } from '@careward/access-policy';
import type { AccountId, ClinicId } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { AccountNumbers } from '../../connections/index.ts';
import type { EncryptionService } from '../../encryption/index.ts';
import type { Database, QueryBuilder, ScopedTransaction } from '../../persistence/index.ts';
import type { ClinicIdentity, PageRequest } from '../../request-context/index.ts';
import { type MailText, mailInsert } from '../mail/index.ts';
import { accountNumbers, makeVerifiedAccount, roleGrants } from '../users/index.ts';
import { invitationsErrors } from './invitations.errors.ts';

/** An invitation to be sent. */
export interface NewInvitation {
  readonly id: string;
  readonly codeHash: Buffer;
  readonly email: string;
  readonly roles: readonly ClinicRole[];
  readonly expiresAt: Date;
}

/** An invitation that can still be accepted. */
export interface OpenInvitation {
  readonly id: string;
  readonly email: string;
  readonly roles: readonly ClinicRole[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** The account of somebody who accepts: its address is the invited one. */
export interface AcceptingAccount {
  readonly id: AccountId;
  readonly displayName: string;
  readonly passwordHash: string;
}

/** Invitations of the context's clinic. */
export class InvitationsRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** Stores an invitation and its mail. An earlier one to the same address is withdrawn. The same statements whoever is invited. */
  async create(context: ClinicIdentity, invitation: NewInvitation, mail: MailText): Promise<void> {
    const platform = await this.#encryption.forPlatform();
    const identity = this.#database.forIdentity(context);
    const { build } = identity;
    const emailIndex = platform.emailIndex(invitation.email);
    await identity.batch([
      build
        .updateTable('invitation')
        .set({ withdrawn_at: sql<Date>`now()` })
        .where('clinic_id', '=', context.clinicId)
        .where('email_index', '=', emailIndex)
        .where(isOpen),
      build.insertInto('invitation').values({
        clinic_id: context.clinicId,
        id: invitation.id,
        code_hash: invitation.codeHash,
        email: platform.seal('invitation.email', invitation.id, invitation.email),
        email_index: emailIndex,
        roles: [...invitation.roles],
        invited_by: context.actorId,
        expires_at: invitation.expiresAt,
      }),
      mailInsert(build, platform, invitation.email, mail),
      auditEntryInsert(
        build,
        entryOf('invitation.create', invitation.id, invitation.roles),
        context.clinicId,
      ),
    ]);
  }

  /** A page of the clinic's open invitations; those whose author no longer administers are none. */
  async listOpen(context: ClinicIdentity, page: PageRequest<string>): Promise<OpenInvitation[]> {
    const platform = await this.#encryption.forPlatform();
    const identity = this.#database.forIdentity(context);
    const query = identity.build
      .selectFrom('invitation')
      .select(['id', 'email', 'roles', 'created_at', 'expires_at'])
      .where('clinic_id', '=', context.clinicId)
      .where(isOpen)
      .where(authorAdministers)
      .orderBy('id')
      .limit(page.limit);
    const rows = await identity.run(page.after === null ? query : query.where('id', '>', page.after));
    return rows.map((row) => ({
      id: row.id,
      email: platform.open('invitation.email', row.id, row.email).reveal(),
      roles: row.roles as ClinicRole[],
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }));
  }

  /** Withdraws an open invitation; answers whether there was one. */
  async withdraw(context: ClinicIdentity, id: string): Promise<boolean> {
    const identity = this.#database.forIdentity(context);
    return identity.transaction(async (tx) => {
      const withdrawn = await tx.run(
        tx.build
          .updateTable('invitation')
          .set({ withdrawn_at: sql<Date>`now()` })
          .where('clinic_id', '=', context.clinicId)
          .where('id', '=', id)
          .where(isOpen)
          .returning('id'),
      );
      if (withdrawn.length === 0) return false;
      await tx.run(auditEntryInsert(tx.build, entryOf('invitation.withdraw', id), context.clinicId));
      return true;
    });
  }

  /** The address and roles that this code would be accepted for: asked before the work of hashing a password. */
  async findOpen(
    context: ClinicIdentity,
    codeHash: Buffer,
  ): Promise<{ email: string; roles: readonly ClinicRole[] } | undefined> {
    const platform = await this.#encryption.forPlatform();
    const identity = this.#database.forIdentity(context);
    const [row] = await identity.run(
      identity.build
        .selectFrom('invitation')
        .select(['id', 'email', 'roles'])
        .where('clinic_id', '=', context.clinicId)
        .where('code_hash', '=', codeHash)
        .where(isOpen)
        .where(authorAdministers),
    );
    if (row === undefined) return undefined;
    const email = platform.open('invitation.email', row.id, row.email).reveal();
    return { email, roles: row.roles as ClinicRole[] };
  }

  /**
   * Uses the code up and makes the account with its roles, all or nothing: of two who try at once, one wins. Refuses with
   * `invitation-refused`, and with `invitation-for-account` when the address has an account; the code is then still good.
   */
  async accept(context: ClinicIdentity, codeHash: Buffer, account: AcceptingAccount): Promise<void> {
    const platform = await this.#encryption.forPlatform();
    const { clinicId } = context;
    await this.#database.forIdentity(context).transaction(async (tx) => {
      await lockRights(tx, clinicId, codeHash, null);
      const [used] = await tx.run(useUp(tx.build, clinicId, codeHash));
      if (used === undefined) throw invitationsErrors.error('invitation-refused');
      const email = platform.open('invitation.email', used.id, used.email).reveal();
      if (!(await makeVerifiedAccount(tx, platform, { ...account, email }, clinicId)))
        throw invitationsErrors.error('invitation-for-account');
      await tx.batch([
        forgetAddress(tx.build, clinicId, used.id),
        auditEntryInsert(tx.build, entryOf('invitation.accept', used.id), clinicId),
        ...roleGrants(tx.build, clinicId, account.id, used.roles as ClinicRole[]),
      ]);
    });
  }

  /**
   * Uses the code up for the acting account, whose own address has to be the invited one, and who must not be who invited: an address can
   * become one's own afterwards. Else `invitation-refused`.
   */
  async acceptAs(
    context: ClinicIdentity & { readonly actorId: AccountId },
    codeHash: Buffer,
  ): Promise<AccountNumbers> {
    const { clinicId, actorId } = context;
    return this.#database.forIdentity(context).transaction(async (tx) => {
      await lockRights(tx, clinicId, codeHash, actorId);
      const own = tx.build.selectFrom('account').select('email_index').where('id', '=', actorId);
      const offered = useUp(tx.build, clinicId, codeHash).where('email_index', '=', own);
      const [used] = await tx.run(offered.where('invited_by', 'is distinct from', actorId));
      if (used === undefined) throw invitationsErrors.error('invitation-refused');
      await tx.batch([
        forgetAddress(tx.build, clinicId, used.id),
        tx.build
          .updateTable('account')
          .set({ email_verified_at: sql<Date>`coalesce(email_verified_at, now())` })
          .where('id', '=', actorId),
        auditEntryInsert(tx.build, entryOf('invitation.accept', used.id), clinicId),
        ...roleGrants(tx.build, clinicId, actorId, used.roles as ClinicRole[]),
      ]);
      return accountNumbers(tx, actorId);
    });
  }
}

const isOpen = sql<boolean>`accepted_at is null and withdrawn_at is null and expires_at > now()`;

/** In the context of the invitation's clinic, whose memberships are seen. An invitation without an author is nobody's word. */
const authorAdministers = sql<boolean>`exists (select from account author where author.id = invitation.invited_by
  and author.status = 'active' and not author.closed_by_platform
  and (author.platform_role = 'SUPER_ADMIN' or exists (select from membership held
    where held.clinic_id = invitation.clinic_id and held.account_id = author.id and held.role = 'CLINIC_ADMIN')))`;

/**
 * Locks what decides over the author's rights until the transaction ends, and the account that accepts: the clinic before the accounts,
 * as every change of rights does, so that none waits for another that waits for it.
 */
async function lockRights(
  tx: ScopedTransaction,
  clinicId: ClinicId,
  codeHash: Buffer,
  acceptingId: AccountId | null,
): Promise<void> {
  const { build } = tx;
  const author = build
    .selectFrom('invitation')
    .select('invited_by')
    .where('clinic_id', '=', clinicId)
    .where('code_hash', '=', codeHash);
  await tx.batch([
    build.selectFrom('clinic').select('id').where('id', '=', clinicId).forUpdate(),
    build
      .selectFrom('account')
      .select('id')
      .where((eb) => eb.or([eb('id', '=', author), eb('id', '=', acceptingId)]))
      .orderBy('id')
      .forUpdate(),
  ]);
}

function useUp(build: QueryBuilder, clinicId: ClinicId, codeHash: Buffer) {
  return build
    .updateTable('invitation')
    .set({ accepted_at: sql<Date>`now()` })
    .where('clinic_id', '=', clinicId)
    .where('code_hash', '=', codeHash)
    .where(isOpen)
    .where(authorAdministers)
    .returning(['id', 'email', 'roles']);
}

/** The account has the address from here on; an account that is deleted leaves none behind. */
function forgetAddress(build: QueryBuilder, clinicId: ClinicId, id: string) {
  return build
    .updateTable('invitation')
    .set({ email: Buffer.alloc(0) })
    .where('clinic_id', '=', clinicId)
    .where('id', '=', id);
}

function entryOf(action: string, id: string, roles: readonly ClinicRole[] = []) {
  const reason = roles.length === 0 ? null : roles.toSorted().join(',');
  return { action, resourceType: 'invitation', resourceId: id, outcome: 'success', reason } as const;
}
