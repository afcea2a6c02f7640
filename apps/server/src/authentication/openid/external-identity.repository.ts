import type { AccountId } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { EncryptionService } from '../../encryption/index.ts';
import type { Database, ScopedTransaction, Statement } from '../../persistence/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import { type ActingContext, securityEvent } from '../sessions/session.repository.ts';

/** What a provider calls a person. */
export interface IdentityKey {
  readonly issuer: string;
  readonly subject: string;
}

/** A linked identity, as its person sees it. */
export interface LinkedIdentity {
  readonly issuer: string;
  readonly linkedAt: Date;
}

/** How linking ended. `refused`: the address is not the account's own, or the account is not active. */
export type LinkOutcome = 'linked' | 'refused' | 'taken';
/** How removing ended. */
export type UnlinkOutcome = 'removed' | 'absent' | 'last-way';

/** Which identities of other providers open which account. */
export class ExternalIdentityRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;

  constructor(database: Database, encryption: EncryptionService) {
    this.#database = database;
    this.#encryption = encryption;
  }

  /** The active account that this identity opens. */
  async findAccount(
    context: IdentityContext,
    { issuer, subject }: IdentityKey,
  ): Promise<AccountId | undefined> {
    const identity = this.#database.forIdentity(context);
    const [row] = await identity.run(
      identity.build
        .selectFrom('external_identity as e')
        .innerJoin('account as a', 'a.id', 'e.account_id')
        .select('a.id')
        .where('e.issuer', '=', issuer)
        .where('e.subject', '=', subject)
        .where('a.status', '=', 'active'),
    );
    return row && (row.id as AccountId);
  }

  /** The acting account's identities, the oldest first. */
  async list(context: ActingContext): Promise<LinkedIdentity[]> {
    const identity = this.#database.forIdentity(context);
    const rows = await identity.run(
      identity.build
        .selectFrom('external_identity')
        .select(['issuer', 'linked_at'])
        .where('account_id', '=', context.actorId)
        .orderBy('linked_at')
        .orderBy('issuer'),
    );
    return rows.map((row) => ({ issuer: row.issuer, linkedAt: row.linked_at }));
  }

  /** Links an identity to the acting account if the address is that account's own at this moment. `more` goes into the same transaction. */
  async link(
    context: ActingContext,
    key: IdentityKey,
    email: string,
    more: readonly Statement[],
  ): Promise<LinkOutcome> {
    const emailIndex = (await this.#encryption.forPlatform()).emailIndex(email);
    return await this.#withAccountLocked(context, async (tx) => {
      const [own] = await tx.run(
        tx.build
          .selectFrom('account')
          .select('id')
          .where('id', '=', context.actorId)
          .where('email_index', '=', emailIndex)
          .where('status', '=', 'active'),
      );
      if (own === undefined) return 'refused';
      const added = await tx.run(
        tx.build
          .insertInto('external_identity')
          .values({ ...key, account_id: own.id })
          .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doNothing())
          .returning('linked_at'),
      );
      if (added.length === 0) return 'taken';
      await tx.batch([...entries(tx, context, 'identity.link'), ...more]);
      return 'linked';
    });
  }

  /**
   * Removes the acting account's identities of one issuer, unless nothing else would let its person in: a password, a passkey, or an
   * identity of another issuer that is still configured.
   */
  async unlink(
    context: ActingContext,
    issuer: string,
    configured: readonly string[],
    more: readonly Statement[],
  ): Promise<UnlinkOutcome> {
    return await this.#withAccountLocked(context, async (tx) => {
      const [ways] = await tx.run(waysWithout(tx, context.actorId, issuer, configured));
      const held = tx.build
        .selectFrom('external_identity')
        .select('subject')
        .where('account_id', '=', context.actorId)
        .where('issuer', '=', issuer);
      if ((await tx.run(held)).length === 0) return 'absent';
      if (ways?.exists !== true) return 'last-way';
      await tx.batch([
        tx.build
          .deleteFrom('external_identity')
          .where('account_id', '=', context.actorId)
          .where('issuer', '=', issuer),
        ...entries(tx, context, 'identity.unlink'),
        ...more,
      ]);
      return 'removed';
    });
  }

  /** Changes of an account's ways to sign in run one after the other: two removals at once could otherwise leave none. */
  async #withAccountLocked<T>(
    context: ActingContext,
    work: (tx: ScopedTransaction) => Promise<T>,
  ): Promise<T> {
    return await this.#database.forIdentity(context).transaction(async (tx) => {
      await tx.run(tx.build.selectFrom('account').select('id').where('id', '=', context.actorId).forUpdate());
      return await work(tx);
    });
  }
}

function waysWithout(
  tx: ScopedTransaction,
  accountId: AccountId,
  issuer: string,
  configured: readonly string[],
) {
  const others = configured.filter((one) => one !== issuer);
  return sql<{ exists: boolean }>`select
    exists (select from account where id = ${accountId} and password_hash is not null)
    or exists (select from passkey where account_id = ${accountId})
    or exists (select from external_identity where account_id = ${accountId} and issuer = any(${others}::text[])) as exists`.compile(
    tx.build,
  );
}

function entries(tx: ScopedTransaction, context: ActingContext, action: string): Statement[] {
  const event = { action, resourceType: 'account', resourceId: context.actorId, outcome: 'success' } as const;
  return [auditEntryInsert(tx.build, event, null), securityEvent(tx, context, action, null)];
}
