import type { Role } from '@careward/access-policy';
import type { AccountId, ClinicId } from '@careward/kernel';
import { auditEntryInsert } from '../audit/index.ts';
import type { EncryptionService } from '../encryption/index.ts';
import type { Database, ScopedDatabase } from '../persistence/index.ts';
import type { IdentityContext, Membership } from '../request-context/index.ts';

/** What sign-in needs of an account. */
export interface SignInAccount {
  readonly id: AccountId;
  readonly passwordHash: string;
  readonly active: boolean;
  readonly platformRole: 'SUPER_ADMIN' | null;
}

/** Accounts and memberships as sign-in sees them. */
export class AccountRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** The account with this e-mail address, by blind index. */
  async findByEmail(context: IdentityContext, email: string): Promise<SignInAccount | undefined> {
    const platform = await this.#encryption.forPlatform();
    const identity = this.#database.forIdentity(context);
    const [row] = await identity.run(
      selectAccounts(identity).where('email_index', '=', platform.emailIndex(email)),
    );
    return row === undefined ? undefined : toSignInAccount(row);
  }

  /** The account with its memberships as they are at this moment. The context must name the account as its actor. */
  async findWithMemberships(
    context: IdentityContext & { readonly actorId: AccountId },
  ): Promise<{ account: SignInAccount; memberships: Membership[] } | undefined> {
    const identity = this.#database.forIdentity(context);
    const [accounts, memberships] = await identity.batch([
      selectAccounts(identity).where('id', '=', context.actorId),
      identity.build
        .selectFrom('membership')
        .select(['clinic_id', 'role'])
        .where('account_id', '=', context.actorId)
        .orderBy('clinic_id')
        .orderBy('role'),
    ]);
    const [row] = accounts;
    return row === undefined
      ? undefined
      : { account: toSignInAccount(row), memberships: byClinic(memberships) };
  }

  /** Replaces the acting account's password hash, with its audit entry. */
  async changePassword(
    context: IdentityContext & { readonly actorId: AccountId },
    passwordHash: string,
  ): Promise<void> {
    const identity = this.#database.forIdentity(context);
    const changed = {
      action: 'password.change',
      resourceType: 'account',
      resourceId: context.actorId,
      outcome: 'success',
    } as const;
    await identity.batch([
      identity.build
        .updateTable('account')
        .set({ password_hash: passwordHash })
        .where('id', '=', context.actorId),
      auditEntryInsert(identity.build, changed, null),
    ]);
  }
}

interface AccountRow {
  readonly id: string;
  readonly password_hash: string;
  readonly status: string;
  readonly platform_role: string | null;
}

function selectAccounts(identity: ScopedDatabase) {
  return identity.build.selectFrom('account').select(['id', 'password_hash', 'status', 'platform_role']);
}

function toSignInAccount(row: AccountRow): SignInAccount {
  return {
    id: row.id as AccountId,
    passwordHash: row.password_hash,
    active: row.status === 'active',
    platformRole: row.platform_role === 'SUPER_ADMIN' ? 'SUPER_ADMIN' : null,
  };
}

function byClinic(rows: readonly { clinic_id: string; role: string }[]): Membership[] {
  const clinics = Map.groupBy(rows, (row) => row.clinic_id);
  return [...clinics].map(([clinicId, held]) => ({
    clinicId: clinicId as ClinicId,
    roles: held.map((row) => row.role as Role),
  }));
}
