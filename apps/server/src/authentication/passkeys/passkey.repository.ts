// Passkeys as they are stored.
//
// Defends: accounts from whoever may write to the database and holds no key. A public key is sealed to its account and its credential:
// one that was exchanged, or whose row was moved to another account, does not open, and nobody signs in by it.
// Does not defend against a row that is deleted, nor against a counter or a label that is changed: they are in clear.
import type { AccountId } from '@careward/kernel';
import { auditEntryInsert } from '../../audit/index.ts';
import type { EncryptionService, PlatformCipher } from '../../encryption/index.ts';
import type { Database, ScopedDatabase, ScopedTransaction, Statement } from '../../persistence/index.ts';
import { type ActingContext, securityEvent } from '../sessions/session.repository.ts';
import type { AcceptedAssertion, MadePasskey } from './passkey-ceremony.ts';

/** A passkey as its person sees it. */
export interface StoredPasskey {
  readonly credentialId: string;
  readonly transports: readonly string[];
  readonly label: string;
  readonly backedUp: boolean;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** A passkey to be added; `first-factor`: only while the account has no second factor. */
export type AddedPasskey = MadePasskey & {
  readonly label: string;
  readonly place: 'first-factor' | 'further-factor';
};

/** A passkey to be removed. */
export interface RemovedPasskey {
  readonly credentialId: string;
  readonly isFactorRequired: boolean;
}

/** How adding or removing ended. */
export type PasskeyChange = 'done' | 'absent' | 'taken' | 'not-first' | 'full' | 'last-factor';

const MOST_PASSKEYS = 20;
const COLUMNS = ['credential_id', 'transports', 'label', 'backed_up', 'created_at', 'last_used_at'] as const;

/** The passkeys of the acting account; the database shows it no others. */
export class PasskeyRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** All of the account's passkeys, the oldest first. */
  async list(context: ActingContext): Promise<StoredPasskey[]> {
    const identity = this.#database.forIdentity(context);
    const rows = await identity.run(
      selectPasskeys(identity, context.actorId).orderBy('created_at').orderBy('credential_id'),
    );
    return rows.map(toPasskey);
  }

  /** The public key of one of the account's passkeys. Refuses with `vault-cell-unopenable` one that is not as it was stored. */
  async findKey(context: ActingContext, credentialId: string): Promise<Buffer | undefined> {
    const identity = this.#database.forIdentity(context);
    const [row] = await identity.run(
      identity.build
        .selectFrom('passkey')
        .select('public_key')
        .where('account_id', '=', context.actorId)
        .where('credential_id', '=', credentialId),
    );
    if (row === undefined) return undefined;
    const platform = await this.#encryption.forPlatform();
    const place = placeOf(context.actorId, credentialId);
    return Buffer.from(platform.open('passkey.public_key', place, row.public_key).reveal(), 'base64url');
  }

  /** Adds a passkey. `taken`: its id is known already, whoever has it. `not-first`: the account has a second factor by now. */
  async add(
    context: ActingContext,
    passkey: AddedPasskey,
    notices: readonly Statement[],
  ): Promise<PasskeyChange> {
    const { actorId } = context;
    const platform = await this.#encryption.forPlatform();
    return await this.#changeFactors(context, async (tx) => {
      const held = await tx.run(
        tx.build.selectFrom('passkey').select('credential_id').where('account_id', '=', actorId),
      );
      if (held.length >= MOST_PASSKEYS) return 'full';
      if (passkey.place === 'first-factor' && (await hasFactor(tx, actorId))) return 'not-first';
      const added = await tx.run(insertPasskey(tx, platform, actorId, passkey));
      if (added.length === 0) return 'taken';
      await tx.batch([...entries(tx, context, 'passkey.add', passkey.credentialId), ...notices]);
      return 'done';
    });
  }

  /** Removes a passkey, and with the last factor the recovery codes; not while a second factor is required and no other would be left. */
  async remove(
    context: ActingContext,
    { credentialId, isFactorRequired }: RemovedPasskey,
    notices: readonly Statement[],
  ): Promise<PasskeyChange> {
    const { actorId } = context;
    return await this.#changeFactors(context, async (tx) => {
      const removed = await tx.run(
        tx.build
          .deleteFrom('passkey')
          .where('account_id', '=', actorId)
          .where('credential_id', '=', credentialId)
          .returning('credential_id'),
      );
      if (removed.length === 0) return 'absent';
      const isLast = !(await hasFactor(tx, actorId));
      if (isLast && isFactorRequired) throw new LastFactor();
      await tx.batch([
        ...(isLast ? [tx.build.deleteFrom('recovery_code').where('account_id', '=', actorId)] : []),
        ...entries(tx, context, 'passkey.remove', credentialId),
        ...notices,
      ]);
      return 'done';
    });
  }

  /**
   * Notes a use. False, and nothing noted, when the counter did not go up although it counts: the key may have been copied (WebAuthn
   * Level 3, section 6.1.1). One statement, so that two uses of one count cannot both pass.
   */
  async recordUse(context: ActingContext, credentialId: string, use: AcceptedAssertion): Promise<boolean> {
    const identity = this.#database.forIdentity(context);
    const noted = await identity.run(
      identity.build
        .updateTable('passkey')
        .set({ sign_count: use.signCount, backed_up: use.backedUp, last_used_at: (eb) => eb.fn('now') })
        .where('account_id', '=', context.actorId)
        .where('credential_id', '=', credentialId)
        .where((eb) =>
          eb.or([
            eb('sign_count', '<', String(use.signCount)),
            eb.and([eb('sign_count', '=', '0'), eb(eb.val(use.signCount), '=', 0)]),
          ]),
        )
        .returning('credential_id'),
    );
    return noted.length > 0;
  }

  /** Writes that a passkey's counter went back. */
  async recordRegression(context: ActingContext, credentialId: string): Promise<void> {
    const identity = this.#database.forIdentity(context);
    await identity.batch([
      auditEntryInsert(
        identity.build,
        { ...entry('passkey.use', credentialId), outcome: 'refused', reason: 'passkey-counter-regressed' },
        null,
      ),
      securityEvent(identity, context, 'passkey.counter-regressed', null),
    ]);
  }

  /** Changes of an account's factors run one after the other: two removals at once could otherwise leave none. */
  async #changeFactors(
    context: ActingContext,
    work: (tx: ScopedTransaction) => Promise<PasskeyChange>,
  ): Promise<PasskeyChange> {
    try {
      return await this.#database.forIdentity(context).transaction(async (tx) => {
        await tx.run(
          tx.build.selectFrom('account').select('id').where('id', '=', context.actorId).forUpdate(),
        );
        return await work(tx);
      });
    } catch (error) {
      if (error instanceof LastFactor) return 'last-factor';
      throw error;
    }
  }
}

/** Undoes a removal that would leave no factor. */
class LastFactor extends Error {}

function selectPasskeys(identity: ScopedDatabase, accountId: AccountId) {
  return identity.build.selectFrom('passkey').select(COLUMNS).where('account_id', '=', accountId);
}

/** Where a public key belongs: credential ids are chosen by devices, so the account stands beside it. */
function placeOf(accountId: AccountId, credentialId: string): string {
  return `${accountId}/${credentialId}`;
}

function insertPasskey(
  tx: ScopedTransaction,
  platform: PlatformCipher,
  accountId: AccountId,
  made: AddedPasskey,
) {
  const place = placeOf(accountId, made.credentialId);
  return tx.build
    .insertInto('passkey')
    .values({
      account_id: accountId,
      credential_id: made.credentialId,
      public_key: platform.seal('passkey.public_key', place, made.publicKey.toString('base64url')),
      sign_count: made.signCount,
      transports: [...made.transports],
      label: made.label,
      backed_up: made.backedUp,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('credential_id');
}

async function hasFactor(tx: ScopedTransaction, accountId: AccountId): Promise<boolean> {
  const [passkeys, secrets] = await tx.batch([
    tx.build.selectFrom('passkey').select('account_id').where('account_id', '=', accountId).limit(1),
    tx.build
      .selectFrom('totp_factor')
      .select('account_id')
      .where('account_id', '=', accountId)
      .where('confirmed_at', 'is not', null),
  ]);
  return passkeys.length + secrets.length > 0;
}

function entries(tx: ScopedTransaction, context: ActingContext, action: string, id: string): Statement[] {
  return [
    auditEntryInsert(tx.build, { ...entry(action, id), outcome: 'success' }, null),
    securityEvent(tx, context, action, null),
  ];
}

function entry(action: string, resourceId: string) {
  return { action, resourceType: 'passkey', resourceId } as const;
}

interface PasskeyRow {
  readonly credential_id: string;
  readonly transports: string[];
  readonly label: string;
  readonly backed_up: boolean;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
}

function toPasskey(row: PasskeyRow): StoredPasskey {
  return {
    credentialId: row.credential_id,
    transports: row.transports,
    label: row.label,
    backedUp: row.backed_up,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
