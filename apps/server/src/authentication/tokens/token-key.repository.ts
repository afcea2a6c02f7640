// The keys of access tokens at rest.
//
// Defends the private halves: they are sealed under the platform key, bound to their row. Defends against a key that somebody with write
// access to the table alone puts there: a key counts only by its private half, which nobody else can seal. Of several processes that
// rotate at once one does, and the others see what it did.
// Does not defend against a backup that is put back: a withdrawn key comes back with it, so rotate after a restore (docs/operations.md).
import { Secret } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { EncryptionService, PlatformCipher } from '../../encryption/index.ts';
import type { Database, ScopedTransaction } from '../../persistence/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import { tokenKeyErrors } from './token-key.errors.ts';
import { openTokenKey, type TokenKey, type TokenKeyMaterial, tokenKeyId } from './token-key.ts';

/** One lock for every change of these keys, in the number space of PostgreSQL's advisory locks. */
const ROTATION_LOCK = 0x63_77_74_6b;

/** A new key, and what becomes of the others. Times in epoch milliseconds. */
export interface TokenKeyRotation {
  readonly material: TokenKeyMaterial;
  readonly signsFrom: number;
  /** Nothing is done when there is a key that signs later than this. */
  readonly unlessAfter: number;
  /** `retire`: they sign until the new one does, and verify what they signed. `withdraw`: they are gone. */
  readonly others: 'retire' | 'withdraw';
}

/** Reads and changes the keys. */
export class TokenKeyRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** Every key. One that does not open is `token-key-unusable`: it was not sealed here, or its halves differ. */
  async list(context: IdentityContext): Promise<TokenKey[]> {
    const platform = await this.#encryption.forPlatform();
    const identity = this.#database.forIdentity(context);
    const rows = await identity.run(identity.build.selectFrom('token_key').selectAll());
    return rows.map((row) => openRow(row, platform));
  }

  /** Adds a key, with its audit entry; false when another process was there before, and nothing changed. */
  async rotate(context: IdentityContext, rotation: TokenKeyRotation): Promise<boolean> {
    const platform = await this.#encryption.forPlatform();
    return await this.#database.forIdentity(context).transaction(async (tx) => {
      if ((await newestOf(tx)) > rotation.unlessAfter) return false;
      const keyId = tokenKeyId(rotation.material.x);
      await tx.batch([
        othersStatement(tx, rotation),
        insertStatement(tx, keyId, rotation, platform),
        auditEntryInsert(
          tx.build,
          {
            action: rotation.others === 'retire' ? 'token-key.rotate' : 'token-key.withdraw',
            resourceType: 'token_key',
            resourceId: keyId,
            outcome: 'success',
          },
          null,
        ),
      ]);
      return true;
    });
  }

  /** Removes the keys that were retired before this moment. */
  async removeRetired(context: IdentityContext, before: number): Promise<void> {
    const identity = this.#database.forIdentity(context);
    await identity.run(identity.build.deleteFrom('token_key').where('retired_at', '<', new Date(before)));
  }
}

/** Takes the lock until the end of the transaction; then when the newest key signs, or -Infinity. */
async function newestOf(tx: ScopedTransaction): Promise<number> {
  const lock = tx.build.selectNoFrom((eb) =>
    eb.fn('pg_advisory_xact_lock', [sql.lit(ROTATION_LOCK)]).as('lock'),
  );
  const [, rows] = await tx.batch([
    lock,
    tx.build.selectFrom('token_key').select('signs_from').orderBy('signs_from', 'desc').limit(1),
  ]);
  return rows[0]?.signs_from.getTime() ?? Number.NEGATIVE_INFINITY;
}

function othersStatement({ build }: ScopedTransaction, { others, signsFrom }: TokenKeyRotation) {
  if (others === 'withdraw') return build.deleteFrom('token_key');
  return build
    .updateTable('token_key')
    .set({ retired_at: new Date(signsFrom) })
    .where('retired_at', 'is', null);
}

function insertStatement(
  { build }: ScopedTransaction,
  keyId: string,
  { material, signsFrom }: TokenKeyRotation,
  platform: PlatformCipher,
) {
  return build.insertInto('token_key').values({
    key_id: keyId,
    public_key: Buffer.from(material.x, 'base64url'),
    private_key: platform.seal('token_key.private_key', keyId, material.d.reveal()),
    signs_from: new Date(signsFrom),
  });
}

interface TokenKeyRow {
  readonly key_id: string;
  readonly public_key: Buffer;
  readonly private_key: Buffer;
  readonly signs_from: Date;
  readonly retired_at: Date | null;
}

function openRow(row: TokenKeyRow, platform: PlatformCipher): TokenKey {
  const x = row.public_key.toString('base64url');
  const d = Secret.of(platform.open('token_key.private_key', row.key_id, row.private_key).reveal());
  const times = { signsFrom: row.signs_from.getTime(), retiredAt: row.retired_at?.getTime() ?? null };
  const key = openTokenKey({ x, d }, times);
  if (key?.keyId !== row.key_id) {
    throw tokenKeyErrors.error('token-key-unusable', {
      detail: 'the halves of a key do not belong together',
    });
  }
  return key;
}
