import type { ClinicRole } from '@careward/access-policy';
import type { AccountId, ClinicId } from '@careward/kernel';
import { auditEntryInsert } from '../../audit/index.ts';
import type { EncryptionService, PlatformCipher } from '../../encryption/index.ts';
import type { Database, ScopedDatabase } from '../../persistence/index.ts';
import type { ClinicIdentity, IdentityContext, PageRequest } from '../../request-context/index.ts';

/** An account as its administrator or its owner sees it. */
export interface AccountView {
  readonly id: AccountId;
  readonly email: string;
  readonly displayName: string;
  readonly status: 'active' | 'disabled';
  readonly createdAt: Date;
}

/** An account with its roles in the context's clinic. */
export interface MemberView extends AccountView {
  readonly roles: readonly ClinicRole[];
}

/** A member with what the clinic may know of how they sign in. */
export interface ExportedMember extends MemberView {
  readonly emailVerified: boolean;
  readonly hasSecondFactor: boolean;
}

/** Accounts and memberships. */
export class UsersRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** Whether this e-mail address is the acting person's own. */
  async isActor(context: ClinicIdentity, email: string): Promise<boolean> {
    const identity = this.#database.forIdentity(context);
    const platform = await this.#encryption.forPlatform();
    const rows = await identity.run(
      identity.build
        .selectFrom('account')
        .select('id')
        .where('email_index', '=', platform.emailIndex(email))
        .where('id', '=', context.actorId),
    );
    return rows.length > 0;
  }

  /** The member of the context's clinic with this e-mail address. */
  async findMember(context: ClinicIdentity, email: string): Promise<AccountId | undefined> {
    const identity = this.#database.forIdentity(context);
    const platform = await this.#encryption.forPlatform();
    const [row] = await identity.run(
      identity.build
        .selectFrom('account as a')
        .innerJoin('membership as m', 'm.account_id', 'a.id')
        .select('a.id')
        .where('a.email_index', '=', platform.emailIndex(email))
        .where('m.clinic_id', '=', context.clinicId)
        .where('m.role', '=', 'PATIENT'),
    );
    return row && (row.id as AccountId);
  }

  /** A page of the members of the context's clinic. */
  async listMembers(context: ClinicIdentity, page: PageRequest<AccountId>): Promise<MemberView[]> {
    const identity = this.#database.forIdentity(context);
    const platform = await this.#encryption.forPlatform();
    const query = selectMembers(identity, context.clinicId).orderBy('a.id').limit(page.limit);
    const rows = await identity.run(page.after === null ? query : query.where('a.id', '>', page.after));
    return rows.map((row) => toMember(platform, row));
  }

  /** One member of the context's clinic. */
  async findMemberById(context: ClinicIdentity, accountId: AccountId): Promise<MemberView | undefined> {
    const identity = this.#database.forIdentity(context);
    const platform = await this.#encryption.forPlatform();
    const [row] = await identity.run(selectMembers(identity, context.clinicId).where('a.id', '=', accountId));
    return row && toMember(platform, row);
  }

  /** As {@link listMembers}, with how they sign in. Leaves an entry. */
  async exportMembers(context: ClinicIdentity, page: PageRequest<AccountId>): Promise<ExportedMember[]> {
    const identity = this.#database.forIdentity(context);
    const platform = await this.#encryption.forPlatform();
    const query = selectMembers(identity, context.clinicId)
      .select(({ exists, selectFrom, or }) => [
        'a.email_verified_at',
        or([
          exists(selectFrom('passkey as p').select('p.account_id').whereRef('p.account_id', '=', 'a.id')),
          exists(
            selectFrom('totp_factor as t')
              .select('t.account_id')
              .whereRef('t.account_id', '=', 'a.id')
              .where('t.confirmed_at', 'is not', null),
          ),
        ]).as('has_second_factor'),
      ])
      .orderBy('a.id')
      .limit(page.limit);
    const entry = { action: 'users.export', resourceType: 'clinic', resourceId: context.clinicId } as const;
    const [rows] = await identity.batch([
      page.after === null ? query : query.where('a.id', '>', page.after),
      auditEntryInsert(identity.build, { ...entry, outcome: 'success' }, context.clinicId),
    ]);
    return rows.map((row) => ({
      ...toMember(platform, row),
      emailVerified: row.email_verified_at !== null,
      hasSecondFactor: row.has_second_factor === true,
    }));
  }

  /** Changes the acting account's display name. */
  async changeDisplayName(
    acting: IdentityContext & { readonly actorId: AccountId },
    displayName: string,
  ): Promise<void> {
    const identity = this.#database.forIdentity(acting);
    const platform = await this.#encryption.forPlatform();
    const id = acting.actorId;
    const entry = { action: 'account.update', resourceType: 'account', resourceId: id } as const;
    await identity.batch([
      identity.build
        .updateTable('account')
        .set({ display_name: platform.seal('account.display_name', id, displayName) })
        .where('id', '=', id),
      auditEntryInsert(identity.build, { ...entry, outcome: 'success' }, null),
    ]);
  }

  /** The accounts with these ids. */
  async findMany(context: IdentityContext, ids: readonly AccountId[]): Promise<AccountView[]> {
    if (ids.length === 0) return [];
    const identity = this.#database.forIdentity(context);
    const platform = await this.#encryption.forPlatform();
    const rows = await identity.run(
      identity.build
        .selectFrom('account as a')
        .select(ACCOUNT_COLUMNS)
        .where((eb) => eb('a.id', '=', eb.fn.any(eb.val(ids))))
        .where('a.status', '<>', 'deleted'),
    );
    return rows.map((row) => toView(platform, row));
  }
}

const ACCOUNT_COLUMNS = ['a.id', 'a.email', 'a.display_name', 'a.status', 'a.created_at'] as const;

interface AccountRow {
  readonly id: string;
  readonly email: Buffer;
  readonly display_name: Buffer;
  readonly status: string;
  readonly created_at: Date;
}

/** The members of a clinic with their roles there. */
function selectMembers(identity: ScopedDatabase, clinicId: ClinicId) {
  return identity.build
    .selectFrom('account as a')
    .innerJoin('membership as m', 'm.account_id', 'a.id')
    .select(ACCOUNT_COLUMNS)
    .select(({ fn }) => fn.agg<string[]>('array_agg', ['m.role']).as('roles'))
    .where('m.clinic_id', '=', clinicId)
    .groupBy('a.id');
}

function toView(platform: PlatformCipher, row: AccountRow): AccountView {
  return {
    id: row.id as AccountId,
    email: platform.open('account.email', row.id, row.email).reveal(),
    displayName: platform.open('account.display_name', row.id, row.display_name).reveal(),
    status: row.status === 'active' ? 'active' : 'disabled',
    createdAt: row.created_at,
  };
}

function toMember(
  platform: PlatformCipher,
  row: AccountRow & { readonly roles: readonly string[] },
): MemberView {
  return { ...toView(platform, row), roles: row.roles.toSorted() as ClinicRole[] };
}
