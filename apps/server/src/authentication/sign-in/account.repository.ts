import type { Role } from '@careward/access-policy';
import { type AccountId, newId } from '@careward/kernel';
import { sql } from 'kysely';
import { type AuditEvent, auditEntryInsert } from '../../audit/index.ts';
import type { AccountNumbers } from '../../connections/index.ts';
import type { EncryptionService } from '../../encryption/index.ts';
import type { Database, ScopedDatabase, Statement } from '../../persistence/index.ts';
import { anonymousContextOf, type IdentityContext, type RequestOrigin } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import type { HashKinds } from '../passwords/decoy-hashes.ts';
import { type ActingContext, securityEvent } from '../sessions/session.repository.ts';
import type { DeviceId } from '../sessions/session-types.ts';
import { actingAs } from './acting-as.ts';
import type { DeviceClaim } from './known-device.ts';

/** What the first step of a sign-in needs of an account. */
export interface SignInAccount {
  readonly id: AccountId;
  /** Undefined: the account has no password. */
  readonly passwordHash: string | undefined;
  readonly active: boolean;
}

/** What was found for an e-mail address. */
export interface SignInLookup {
  readonly account: SignInAccount | undefined;
  /** The blind index of the address, which strangers' attempts are counted under. */
  readonly emailIndex: string;
  /** The device token belongs to this very account, and was not revoked. */
  readonly device: DeviceId | null;
}

/** What the later steps of a sign-in need of a person. */
export interface SignInPerson {
  readonly active: boolean;
  readonly roles: readonly Role[];
  readonly hasTotp: boolean;
  readonly passkeys: number;
  readonly recoveryCodes: number;
  /** The device asked about is one of the account's. */
  readonly knowsDevice: boolean;
}

/** Nobody's id: where there is nothing to look for, the same statements look for it. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Accounts as sign-in sees them. */
export class AccountRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** The account with this e-mail address, by blind index, and whether the device is one of its own. */
  async findForSignIn(
    origin: RequestOrigin,
    email: string,
    claim: DeviceClaim | undefined,
  ): Promise<SignInLookup> {
    const index = (await this.#encryption.forPlatform()).emailIndex(email);
    const context = claim === undefined ? anonymousContextOf(origin) : actingAs(origin, claim.accountId);
    const identity = this.#database.forIdentity(context);
    const [[row], devices] = await identity.batch([
      identity.build
        .selectFrom('account')
        .select(['id', 'password_hash', 'status'])
        .where('email_index', '=', index),
      selectDevice(identity, claim?.accountId ?? NOBODY, claim?.deviceId ?? NOBODY),
    ]);
    const emailIndex = index.toString('base64url');
    if (row === undefined) return { account: undefined, emailIndex, device: null };
    const account = {
      id: row.id as AccountId,
      passwordHash: row.password_hash ?? undefined,
      active: row.status === 'active',
    };
    const isOwn = claim?.accountId === account.id && devices.length > 0;
    return { account, emailIndex, device: isOwn ? claim.deviceId : null };
  }

  /** Roles and factors of the acting account at this moment; undefined when it is gone. */
  async findPerson(acting: ActingContext, device: DeviceId | null): Promise<SignInPerson | undefined> {
    const identity = this.#database.forIdentity(acting);
    const id = acting.actorId;
    const [[account], memberships, totp, [passkeys], [codes], devices] = await identity.batch([
      identity.build.selectFrom('account').select(['status', 'platform_role']).where('id', '=', id),
      identity.build.selectFrom('membership').select('role').distinct().where('account_id', '=', id),
      identity.build
        .selectFrom('totp_factor')
        .select('account_id')
        .where('account_id', '=', id)
        .where('confirmed_at', 'is not', null),
      identity.build
        .selectFrom('passkey')
        .select(({ fn }) => fn.countAll().as('count'))
        .where('account_id', '=', id),
      identity.build
        .selectFrom('recovery_code')
        .select(({ fn }) => fn.countAll().as('count'))
        .where('account_id', '=', id)
        .where('used_at', 'is', null),
      selectDevice(identity, id, device ?? NOBODY),
    ]);
    if (account === undefined) return undefined;
    const roles = memberships.map(({ role }) => role as Role);
    return {
      active: account.status === 'active',
      roles: account.platform_role === 'SUPER_ADMIN' ? ['SUPER_ADMIN', ...roles] : roles,
      hasTotp: totp.length > 0,
      passkeys: Number(passkeys?.count ?? 0),
      recoveryCodes: Number(codes?.count ?? 0),
      knowsDevice: devices.length > 0,
    };
  }

  /**
   * Writes that somebody failed to prove who they are. An entry names the account and its person is shown it; for an address without an
   * account the same statements write an entry that names nobody.
   */
  async recordFailure(
    origin: RequestOrigin,
    accountId: AccountId | undefined,
    action: 'sign-in.password' | 'sign-in.second-factor' | 'session.prove' | 'password.change',
  ): Promise<void> {
    const identity = this.#database.forIdentity(anonymousContextOf(origin));
    const failed: AuditEvent = {
      action,
      resourceType: 'account',
      resourceId: accountId ?? null,
      outcome: 'failed',
    };
    await identity.batch([
      insertEventIfThere(identity, origin, accountId ?? NOBODY, `${action}.failed`),
      auditEntryInsert(identity.build, failed, null),
    ]);
  }

  /** What kinds of hashes accounts have. Reads the whole table: to be asked once in a while. */
  async countHashKinds(context: IdentityContext): Promise<HashKinds> {
    const identity = this.#database.forIdentity(context);
    const kind = sql<string>`substring(password_hash from '^\\$2[aby]\\$(\\d\\d)\\$')`;
    const rows = await identity.run(
      identity.build
        .selectFrom('account')
        .select(({ fn }) => [kind.as('cost'), fn.countAll().as('accounts')])
        .where('password_hash', 'is not', null)
        .groupBy(kind)
        .orderBy(kind),
    );
    const counted = rows.map((row) => ({ cost: row.cost as string | null, accounts: Number(row.accounts) }));
    return {
      accounts: counted.reduce((sum, { accounts }) => sum + accounts, 0),
      bcrypt: counted.flatMap(({ cost, accounts }) =>
        cost === null ? [] : [{ cost: Number(cost), accounts }],
      ),
    };
  }

  /** Puts a hash of today in the place of an older one, unless the password was changed meanwhile. */
  async upgradeHash(acting: ActingContext, before: string, after: string): Promise<void> {
    const identity = this.#database.forIdentity(acting);
    await identity.batch([
      identity.build
        .updateTable('account')
        .set({ password_hash: after })
        .where('id', '=', acting.actorId)
        .where('password_hash', '=', before),
      auditEntryInsert(identity.build, onAccount('password.rehash', acting), null),
    ]);
  }

  /**
   * Replaces the acting account's password hash, with entries, in one transaction with `more`; answers the account's numbers, of which
   * one is raised. Refuses with `authentication-failed`, and writes nothing, when `before` is no longer the hash: what was proved is not
   * the password any more.
   */
  async changePassword(
    acting: ActingContext,
    { before, after }: { readonly before: string; readonly after: string },
    more: readonly Statement[],
  ): Promise<AccountNumbers> {
    return this.#database.forIdentity(acting).transaction(async (tx) => {
      const [row] = await tx.run(
        tx.build
          .updateTable('account')
          .set((eb) => ({
            password_hash: after,
            takes_older_tokens: false,
            rights_version: eb('rights_version', '+', 1),
          }))
          .where('id', '=', acting.actorId)
          .where('password_hash', '=', before)
          .returning(['session_epoch', 'rights_version']),
      );
      if (row === undefined)
        throw authenticationErrors.error('authentication-failed', { detail: 'password replaced meanwhile' });
      await tx.batch([
        auditEntryInsert(tx.build, onAccount('password.change', acting), null),
        securityEvent(tx, acting, 'password.change', null),
        ...more,
      ]);
      return { epoch: row.session_epoch, rightsVersion: row.rights_version };
    });
  }
}

function selectDevice(identity: ScopedDatabase, accountId: string, deviceId: string) {
  return identity.build
    .selectFrom('known_device')
    .select('device_id')
    .where('account_id', '=', accountId)
    .where('device_id', '=', deviceId);
}

/** Shows an event to the account's person, if there is one. */
function insertEventIfThere(
  identity: ScopedDatabase,
  { address, agent }: RequestOrigin,
  accountId: string,
  kind: string,
): Statement {
  return sql`
    insert into security_event (account_id, id, kind, address, agent)
      select id, ${newId()}::uuid, ${kind}, ${address}, ${agent} from account where id = ${accountId}::uuid
  `.compile(identity.build);
}

function onAccount(action: string, { actorId }: ActingContext): AuditEvent {
  return { action, resourceType: 'account', resourceId: actorId, outcome: 'success' };
}
