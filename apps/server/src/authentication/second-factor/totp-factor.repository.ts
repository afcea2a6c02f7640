import type { Clock } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { EncryptionService } from '../../encryption/index.ts';
import type { Database, ScopedDatabase } from '../../persistence/index.ts';
import { type ActingContext, securityEvent } from '../sessions/session.repository.ts';
import type { PersonNotifier } from '../sign-in/person-notifier.ts';
import { totpStepOf } from './totp.ts';

/** Authenticator apps of accounts: their secrets, sealed, and the last code that each has spent. */
export class TotpFactorRepository {
  readonly #database: Database;
  readonly #encryption: EncryptionService;
  readonly #notifier: PersonNotifier;
  readonly #clock: Clock;

  constructor(parts: {
    readonly database: Database;
    readonly encryption: EncryptionService;
    readonly notifier: PersonNotifier;
    readonly clock: Clock;
  }) {
    this.#database = parts.database;
    this.#encryption = parts.encryption;
    this.#notifier = parts.notifier;
    this.#clock = parts.clock;
  }

  /** Keeps the secret of a new app until it is confirmed; false when there is a confirmed one. */
  async begin(acting: ActingContext, secret: string): Promise<boolean> {
    const identity = this.#database.forIdentity(acting);
    const platform = await this.#encryption.forPlatform();
    const sealed = platform.seal('totp_factor.secret', acting.actorId, secret);
    const begun = await identity.run(
      identity.build
        .insertInto('totp_factor')
        .values({ account_id: acting.actorId, secret: sealed })
        .onConflict((conflict) =>
          conflict
            .column('account_id')
            .doUpdateSet({ secret: sealed, last_step: 0 })
            .where('totp_factor.confirmed_at', 'is', null),
        )
        .returning('account_id'),
    );
    return begun.length > 0;
  }

  /** Confirms a new app with its first code; undefined when none was begun, false when the code is wrong. */
  async confirm(acting: ActingContext, code: string): Promise<boolean | undefined> {
    const identity = this.#database.forIdentity(acting);
    const secret = await this.#secret(identity, acting, 'begun');
    if (secret === undefined) return undefined;
    const step = totpStepOf(secret.text, code, this.#clock.now());
    if (step === undefined) return false;
    const notices = await this.#notifier.noticesOf(acting.actorId, 'factor-added');
    return identity.transaction(async (tx) => {
      const confirmed = await tx.run(
        tx.build
          .updateTable('totp_factor')
          .set({ confirmed_at: sql<Date>`now()`, last_step: step })
          .where('account_id', '=', acting.actorId)
          .where('secret', '=', secret.sealed)
          .where('confirmed_at', 'is', null)
          .returning('account_id'),
      );
      if (confirmed.length === 0) return false;
      await tx.batch([
        auditEntryInsert(tx.build, entryOf('second-factor.add', acting), null),
        securityEvent(identity, acting, 'second-factor.add', null),
        ...notices,
      ]);
      return true;
    });
  }

  /** Whether this code is one of the present moment that was not used; it is spent thereby. Of two users of one code one succeeds. */
  async use(acting: ActingContext, code: string): Promise<boolean> {
    const identity = this.#database.forIdentity(acting);
    const secret = await this.#secret(identity, acting, 'confirmed');
    if (secret === undefined) return false;
    const step = totpStepOf(secret.text, code, this.#clock.now());
    if (step === undefined) return false;
    const spent = await identity.run(
      identity.build
        .updateTable('totp_factor')
        .set({ last_step: step })
        .where('account_id', '=', acting.actorId)
        .where('confirmed_at', 'is not', null)
        .where('last_step', '<', String(step))
        .returning('account_id'),
    );
    return spent.length > 0;
  }

  async #secret(identity: ScopedDatabase, { actorId }: ActingContext, state: 'begun' | 'confirmed') {
    const [row] = await identity.run(
      identity.build
        .selectFrom('totp_factor')
        .select('secret')
        .where('account_id', '=', actorId)
        .where('confirmed_at', state === 'begun' ? 'is' : 'is not', null),
    );
    if (row === undefined) return undefined;
    const platform = await this.#encryption.forPlatform();
    return { text: platform.open('totp_factor.secret', actorId, row.secret).reveal(), sealed: row.secret };
  }
}

function entryOf(action: string, { actorId }: ActingContext) {
  return { action, resourceType: 'account', resourceId: actorId, outcome: 'success' } as const;
}
