import type { AccountId, ClinicId } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { AccountNumbers } from '../../connections/index.ts';
import type { Database, QueryBuilder, ScopedTransaction, Statement } from '../../persistence/index.ts';
import type { ClinicIdentity, RequestOrigin } from '../../request-context/index.ts';
import { type ActingContext, securityEvent } from '../sessions/session.repository.ts';
import { actingAs } from '../sign-in/acting-as.ts';
import { type Belonging, rejectOutsiders } from './belonging.ts';

/** The second factors of an account. */
export interface FactorsView {
  readonly totpConfirmedAt: Date | null;
  readonly passkeys: number;
  readonly recoveryCodesLeft: number;
}

/** What became of a removal: `last`: it is the last factor, which the account may not be without. */
export type Removal = 'removed' | 'absent' | 'last';

/** Second factors as a whole: what there is, and taking them away. */
export class FactorRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The acting account's factors. */
  async list(acting: ActingContext): Promise<FactorsView> {
    const identity = this.#database.forIdentity(acting);
    const id = acting.actorId;
    const [[totp], [passkeys], [codes]] = await identity.batch([
      identity.build.selectFrom('totp_factor').select('confirmed_at').where('account_id', '=', id),
      identity.build
        .selectFrom('passkey')
        .select(({ fn }) => fn.countAll().as('count'))
        .where('account_id', '=', id),
      identity.build
        .selectFrom('recovery_code')
        .select(({ fn }) => fn.countAll().as('count'))
        .where('account_id', '=', id)
        .where('used_at', 'is', null),
    ]);
    return {
      totpConfirmedAt: totp?.confirmed_at ?? null,
      passkeys: Number(passkeys?.count ?? 0),
      recoveryCodesLeft: Number(codes?.count ?? 0),
    };
  }

  /**
   * Takes the acting account's authenticator app away, and with the last factor the recovery codes. The account's row is locked meanwhile:
   * two factors cannot both go as the last but one.
   */
  async removeTotp(
    acting: ActingContext,
    mustKeepOne: boolean,
    notices: readonly Statement[],
  ): Promise<Removal> {
    const identity = this.#database.forIdentity(acting);
    const id = acting.actorId;
    return identity.transaction(async (tx) => {
      await tx.run(tx.build.selectFrom('account').select('id').where('id', '=', id).forUpdate());
      const passkeys = await tx.run(
        tx.build.selectFrom('passkey').select('credential_id').where('account_id', '=', id),
      );
      const isLast = passkeys.length === 0;
      const [removable] = await tx.run(
        tx.build
          .selectFrom('totp_factor')
          .select('account_id')
          .where('account_id', '=', id)
          .where('confirmed_at', 'is not', null),
      );
      if (removable === undefined) return 'absent';
      if (isLast && mustKeepOne) return 'last';
      await tx.batch([
        tx.build.deleteFrom('totp_factor').where('account_id', '=', id),
        ...(isLast ? [tx.build.deleteFrom('recovery_code').where('account_id', '=', id)] : []),
        auditEntryInsert(tx.build, entryOf('second-factor.remove', id), null),
        securityEvent(identity, acting, 'second-factor.remove', null),
        ...notices,
      ]);
      return 'removed';
    });
  }

  /** Where a person belongs: read in their own name, since a clinic sees none but its own members. */
  async belonging(origin: RequestOrigin, accountId: AccountId): Promise<Belonging | undefined> {
    const identity = this.#database.forIdentity(actingAs(origin, accountId));
    const [[account], memberships] = await identity.batch([
      selectPlatformRole(identity.build, accountId),
      selectClinics(identity.build, accountId),
    ]);
    return account && belongingIn(account, memberships);
  }

  /**
   * Takes every second factor of a member away and ends all their sessions; answers the account's numbers. Refuses outsiders: see
   * {@link rejectOutsiders}. The account's row is locked meanwhile, which whoever joins another clinic waits for.
   */
  async removeAllOfMember(
    context: ClinicIdentity,
    accountId: AccountId,
    notices: readonly Statement[],
  ): Promise<AccountNumbers> {
    return this.#database.forIdentity(context).transaction(async (tx) => {
      rejectOutsiders(context, accountId, await lockBelonging(tx, context, accountId));
      const [[row]] = await tx.batch([
        tx.build
          .updateTable('account')
          .set({ session_epoch: sql<number>`session_epoch + 1` })
          .where('id', '=', accountId)
          .returning(['session_epoch', 'rights_version']),
        tx.build.deleteFrom('totp_factor').where('account_id', '=', accountId),
        tx.build.deleteFrom('recovery_code').where('account_id', '=', accountId),
        tx.build.deleteFrom('passkey').where('account_id', '=', accountId),
        auditEntryInsert(tx.build, entryOf(REMOVED_BY_ADMINISTRATOR, accountId), context.clinicId),
        securityEvent(tx, { ...context, actorId: accountId }, REMOVED_BY_ADMINISTRATOR, null),
        ...notices,
      ]);
      if (row === undefined) throw new Error('factors of an account that is not there');
      return { epoch: row.session_epoch, rightsVersion: row.rights_version };
    });
  }
}

const REMOVED_BY_ADMINISTRATOR = 'second-factor.remove-by-administrator';

/** As {@link FactorRepository.belonging}, with the account's row locked. The transaction acts for whom it did before. */
async function lockBelonging(
  tx: ScopedTransaction,
  { actorId }: ClinicIdentity,
  accountId: AccountId,
): Promise<Belonging | undefined> {
  const [[account], , memberships] = await tx.batch([
    selectPlatformRole(tx.build, accountId).forUpdate(),
    actFor(tx.build, accountId),
    selectClinics(tx.build, accountId),
    actFor(tx.build, actorId),
  ]);
  return account && belongingIn(account, memberships);
}

/** What follows in the transaction sees what this account sees. */
function actFor(build: QueryBuilder, actorId: AccountId | null): Statement {
  return sql`select set_config('app.actor_id', ${actorId ?? ''}, true)`.compile(build);
}

function selectPlatformRole(build: QueryBuilder, accountId: AccountId) {
  return build.selectFrom('account').select('platform_role').where('id', '=', accountId);
}

function selectClinics(build: QueryBuilder, accountId: AccountId) {
  return build.selectFrom('membership').select('clinic_id').distinct().where('account_id', '=', accountId);
}

function belongingIn(
  account: { readonly platform_role: string | null },
  memberships: readonly { readonly clinic_id: string }[],
): Belonging {
  const clinicIds = memberships.map((row) => row.clinic_id as ClinicId);
  return { clinicIds, isOfPlatform: account.platform_role !== null };
}

function entryOf(action: string, accountId: AccountId) {
  return { action, resourceType: 'account', resourceId: accountId, outcome: 'success' } as const;
}
