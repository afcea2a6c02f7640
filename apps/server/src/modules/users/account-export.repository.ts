import type { AccountId } from '@careward/kernel';
import { auditEntryInsert } from '../../audit/index.ts';
import type { EncryptionService, PlatformCipher } from '../../encryption/index.ts';
import type { Database, QueryBuilder } from '../../persistence/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';

/** Reads what is kept about the acting account. */
export class AccountExportRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** Everything but secrets: of a factor it is told that it is there, of a password that there is one. Leaves an entry. */
  async read(acting: IdentityContext & { readonly actorId: AccountId }) {
    const identity = this.#database.forIdentity(acting);
    const { build } = identity;
    const id = acting.actorId;
    const entry = { action: 'account.export', resourceType: 'account', resourceId: id } as const;
    const [[account], [totp], codes, passkeys, devices, events, identities] = await identity.batch([
      selectAccount(build, id),
      selectConfirmedTotp(build, id),
      selectUnusedCodes(build, id),
      selectPasskeys(build, id),
      selectDevices(build, id),
      selectEvents(build, id),
      selectIdentities(build, id),
      auditEntryInsert(build, { ...entry, outcome: 'success' }, null),
    ]);
    if (account === undefined) return undefined;
    const person = personOf(await this.#encryption.forPlatform(), account);
    return { account: person, totp, recoveryCodesLeft: codes.length, passkeys, devices, events, identities };
  }
}

interface AccountRow {
  readonly id: string;
  readonly email: Buffer;
  readonly display_name: Buffer;
  readonly password_hash: string | null;
  readonly email_verified_at: Date | null;
  readonly created_at: Date;
}

function personOf(platform: PlatformCipher, account: AccountRow) {
  return {
    id: account.id,
    email: platform.open('account.email', account.id, account.email).reveal(),
    displayName: platform.open('account.display_name', account.id, account.display_name).reveal(),
    hasPassword: account.password_hash !== null,
    emailVerifiedAt: account.email_verified_at,
    createdAt: account.created_at,
  };
}

function selectAccount(build: QueryBuilder, id: AccountId) {
  return build
    .selectFrom('account')
    .select(['id', 'email', 'display_name', 'password_hash', 'email_verified_at', 'created_at'])
    .where('id', '=', id);
}

function selectConfirmedTotp(build: QueryBuilder, id: AccountId) {
  return build
    .selectFrom('totp_factor')
    .select('created_at')
    .where('account_id', '=', id)
    .where('confirmed_at', 'is not', null);
}

function selectUnusedCodes(build: QueryBuilder, id: AccountId) {
  return build
    .selectFrom('recovery_code')
    .select('used_at')
    .where('account_id', '=', id)
    .where('used_at', 'is', null);
}

function selectPasskeys(build: QueryBuilder, id: AccountId) {
  return build
    .selectFrom('passkey')
    .select(['label', 'backed_up', 'created_at', 'last_used_at'])
    .where('account_id', '=', id)
    .orderBy('created_at');
}

function selectDevices(build: QueryBuilder, id: AccountId) {
  return build
    .selectFrom('known_device')
    .select(['device_id', 'label', 'created_at', 'last_used_at'])
    .where('account_id', '=', id)
    .orderBy('created_at');
}

function selectEvents(build: QueryBuilder, id: AccountId) {
  return build
    .selectFrom('security_event')
    .select(['id', 'kind', 'address', 'agent', 'session_id', 'created_at'])
    .where('account_id', '=', id)
    .orderBy('created_at');
}

function selectIdentities(build: QueryBuilder, id: AccountId) {
  return build
    .selectFrom('external_identity')
    .select(['issuer', 'subject', 'linked_at'])
    .where('account_id', '=', id)
    .orderBy('linked_at');
}
