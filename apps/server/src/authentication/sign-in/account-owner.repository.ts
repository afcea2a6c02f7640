import type { EncryptionService } from '../../encryption/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { ActingContext } from '../sessions/session.repository.ts';

/** What the acting account's own person is known by. */
export interface AccountOwner {
  readonly email: string;
  readonly displayName: string;
  readonly clinicNames: readonly string[];
  /** Undefined: the account has no password. */
  readonly passwordHash: string | undefined;
  /** The blind index of the address, which strangers' attempts are counted under. */
  readonly emailIndex: string;
}

/** Reads the acting account's own details. */
export class AccountOwnerRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** The acting account's details; an account that is gone is an error. */
  async get(acting: ActingContext): Promise<AccountOwner> {
    const identity = this.#database.forIdentity(acting);
    const id = acting.actorId;
    const [[account], clinics] = await identity.batch([
      identity.build
        .selectFrom('account')
        .select(['email', 'email_index', 'display_name', 'password_hash'])
        .where('id', '=', id),
      identity.build
        .selectFrom('membership')
        .innerJoin('clinic', 'clinic.id', 'membership.clinic_id')
        .select('clinic.name')
        .distinct()
        .where('membership.account_id', '=', id),
    ]);
    if (account === undefined) throw new Error('an account acts that is not there');
    const platform = await this.#encryption.forPlatform();
    return {
      email: platform.open('account.email', id, account.email).reveal(),
      displayName: platform.open('account.display_name', id, account.display_name).reveal(),
      clinicNames: clinics.map(({ name }) => name),
      passwordHash: account.password_hash ?? undefined,
      emailIndex: account.email_index.toString('base64url'),
    };
  }
}
