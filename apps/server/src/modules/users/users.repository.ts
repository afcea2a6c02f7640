import type { ClinicRole } from '@careward/access-policy';
import type { AccountId, ClinicId } from '@careward/kernel';
import { sql } from 'kysely';
import type { EncryptionService, PlatformCipher } from '../../encryption/index.ts';
import type { Database, ScopedDatabase, Statement } from '../../persistence/index.ts';
import type { ClinicIdentity, IdentityContext, PageRequest } from '../../request-context/index.ts';
import { accountRow, type NewAccount } from './account-row.ts';

/** A join code as it is kept. */
export interface JoinCodeRow {
  readonly codeHash: Buffer;
  readonly expiresAt: Date;
}

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

/** Accounts and memberships. */
export class UsersRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /**
   * Makes an account with roles in the context's clinic, or gives them to the clinic's own member with this e-mail address. Undefined,
   * and nothing written, when the address belongs to an account elsewhere.
   */
  async addMember(
    context: ClinicIdentity,
    account: NewAccount,
    roles: readonly ClinicRole[],
  ): Promise<MemberView | undefined> {
    const platform = await this.#encryption.forPlatform();
    const identity = this.#database.forIdentity(context);
    const row = accountRow(platform, account);
    await identity.batch([
      identity.build
        .insertInto('account')
        .values(row)
        .onConflict((conflict) => conflict.column('email_index').doNothing()),
      ...roles.map((role) => grantRole(identity, context.clinicId, row, role)),
      recordGrant(identity, context.clinicId, row),
    ]);
    return this.#findMember(context, 'a.email_index', row.email_index);
  }

  /** Opens a join code for the acting account; an earlier one is void. */
  async openJoinCode(
    context: IdentityContext & { readonly actorId: AccountId },
    code: JoinCodeRow,
  ): Promise<void> {
    const identity = this.#database.forIdentity(context);
    const { codeHash, expiresAt } = code;
    await identity.batch([
      identity.build.deleteFrom('join_code').where('account_id', '=', context.actorId),
      identity.build
        .insertInto('join_code')
        .values({ code_hash: codeHash, account_id: context.actorId, expires_at: expiresAt }),
    ]);
  }

  /** Uses up a join code of somebody else and gives its account roles in the context's clinic; undefined when the code is not good. */
  async join(
    context: ClinicIdentity,
    codeHash: Buffer,
    roles: readonly ClinicRole[],
  ): Promise<MemberView | undefined> {
    const identity = this.#database.forIdentity(context);
    const statement = sql<{ account_id: string }>`
      with used as (
        delete from join_code where code_hash = ${codeHash} and expires_at > now() and account_id <> ${context.actorId}
        returning account_id
      ), granted as (
        insert into membership (clinic_id, account_id, role)
          select ${context.clinicId}::uuid, used.account_id, wanted.role from used cross join unnest(${[...roles]}::text[]) as wanted (role)
          on conflict do nothing
      ), recorded as (
        insert into audit_entry (clinic_id, action, resource_type, resource_id, outcome)
          select ${context.clinicId}::uuid, 'membership.grant', 'account', account_id::text, 'success' from used
      )
      select account_id from used`.compile(identity.build);
    const [used] = await identity.run(statement);
    return used && this.#findMember(context, 'a.id', used.account_id as AccountId);
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

  /** The accounts with these ids. */
  async findMany(context: IdentityContext, ids: readonly AccountId[]): Promise<AccountView[]> {
    if (ids.length === 0) return [];
    const identity = this.#database.forIdentity(context);
    const platform = await this.#encryption.forPlatform();
    const rows = await identity.run(
      identity.build
        .selectFrom('account as a')
        .select(ACCOUNT_COLUMNS)
        .where((eb) => eb('a.id', '=', eb.fn.any(eb.val(ids)))),
    );
    return rows.map((row) => toView(platform, row));
  }

  async #findMember(
    context: ClinicIdentity,
    column: 'a.id' | 'a.email_index',
    value: AccountId | Buffer,
  ): Promise<MemberView | undefined> {
    const identity = this.#database.forIdentity(context);
    const platform = await this.#encryption.forPlatform();
    const [row] = await identity.run(selectMembers(identity, context.clinicId).where(column, '=', value));
    return row && toMember(platform, row);
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

/** The account of a batch that may be given roles: the one that it has just made, or one that is a member of the clinic already. */
function grantableAccount(
  clinicId: ClinicId,
  account: { readonly id: string; readonly email_index: Buffer },
) {
  return sql`account where email_index = ${account.email_index} and (id = ${account.id}
    or exists (select from membership held where held.account_id = account.id and held.clinic_id = ${clinicId}))`;
}

type AccountKeys = Parameters<typeof grantableAccount>[1];

function grantRole(
  identity: ScopedDatabase,
  clinicId: ClinicId,
  account: AccountKeys,
  role: ClinicRole,
): Statement {
  return sql`insert into membership (clinic_id, account_id, role)
    select ${clinicId}::uuid, id, ${role}::text from ${grantableAccount(clinicId, account)}
    on conflict do nothing`.compile(identity.build);
}

function recordGrant(identity: ScopedDatabase, clinicId: ClinicId, account: AccountKeys): Statement {
  return sql`insert into audit_entry (clinic_id, action, resource_type, resource_id, outcome)
    select ${clinicId}::uuid, 'membership.grant', 'account', id::text, 'success' from ${grantableAccount(clinicId, account)}`.compile(
    identity.build,
  );
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
