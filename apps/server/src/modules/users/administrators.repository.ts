// Whether somebody goes on administering, asked inside the transaction that takes an administrator away.
//
// Defends: clinics and the platform from being left without an administrator by changes that happen at the same instant: they lock what
// they are about and come one after the other, clinics before accounts. People from a clinic that would close their account everywhere.
import type { AccountId, ClinicId } from '@careward/kernel';
import { sql } from 'kysely';
import type { QueryBuilder, ScopedTransaction, Statement } from '../../persistence/index.ts';
import type { ClinicIdentity, IdentityContext } from '../../request-context/index.ts';
import { usersErrors } from './users.errors.ts';

/** Changes of a clinic's administrators come one after the other: locks the clinics, always in the same order. */
export async function lockClinics(tx: ScopedTransaction, clinicIds: readonly ClinicId[]): Promise<void> {
  if (clinicIds.length === 0) return;
  await tx.run(
    tx.build.selectFrom('clinic').select('id').where('id', 'in', clinicIds).orderBy('id').forUpdate(),
  );
}

/** Refuses with `last-administrator` unless somebody else, whose account can be used, administers the locked clinic. */
export async function requireOtherAdministrator(
  tx: ScopedTransaction,
  clinicId: ClinicId,
  accountId: AccountId,
): Promise<void> {
  const others = await tx.run(otherAdministrators(tx.build, clinicId, accountId));
  if (others.length === 0) throw usersErrors.error('last-administrator');
}

/**
 * Refuses with `last-administrator` when a clinic, or the platform, would be left without one. Locks what the account administers. The
 * transaction is in the given context before and after.
 */
export async function requireOthersEverywhere(
  tx: ScopedTransaction,
  context: IdentityContext,
  accountId: AccountId,
): Promise<void> {
  const [, rows] = await tx.batch([
    actAs(tx.build, { clinicId: null, actorId: accountId }),
    tx.build
      .selectFrom('membership')
      .select('clinic_id')
      .where('account_id', '=', accountId)
      .where('role', '=', 'CLINIC_ADMIN'),
  ]);
  const clinicIds = rows.map((row) => row.clinic_id as ClinicId);
  await lockClinics(tx, clinicIds);
  for (const clinicId of clinicIds) {
    await tx.run(actAs(tx.build, { clinicId, actorId: accountId }));
    await requireOtherAdministrator(tx, clinicId, accountId);
  }
  await requireOtherOfPlatform(tx, accountId);
  await tx.run(actAs(tx.build, context));
}

/** As {@link requireOtherAdministrator}, for the platform. */
export async function requireOtherOfPlatform(tx: ScopedTransaction, accountId: AccountId): Promise<void> {
  const holders = await tx.run(
    tx.build
      .selectFrom('account')
      .select(['id', 'status'])
      .where('platform_role', '=', 'SUPER_ADMIN')
      .orderBy('id')
      .forUpdate(),
  );
  const isHolder = holders.some(({ id }) => id === accountId);
  const others = holders.filter(({ id, status }) => id !== accountId && status === 'active');
  if (isHolder && others.length === 0) throw usersErrors.error('last-administrator');
}

/**
 * Refuses with `account-of-other-clinics` an account that has rights outside the context's clinic. Locks the account, so that none are
 * given meanwhile. The transaction is in the given context before and after.
 */
export async function requireNoRightsElsewhere(
  tx: ScopedTransaction,
  context: ClinicIdentity,
  accountId: AccountId,
): Promise<void> {
  await rejectOfPlatform(tx, accountId);
  const [, others] = await tx.batch([
    // Nobody but the account itself sees all of its memberships.
    actAs(tx.build, { clinicId: null, actorId: accountId }),
    tx.build
      .selectFrom('membership')
      .select('role')
      .where('clinic_id', '<>', context.clinicId)
      .where('account_id', '=', accountId)
      .limit(1),
    actAs(tx.build, context),
  ]);
  if (others.length > 0) throw usersErrors.error('account-of-other-clinics');
}

/** Locks the account. Refuses with `account-of-other-clinics` who administers the platform. */
export async function rejectOfPlatform(tx: ScopedTransaction, accountId: AccountId): Promise<void> {
  const [account] = await tx.run(
    tx.build.selectFrom('account').select('platform_role').where('id', '=', accountId).forUpdate(),
  );
  if (account !== undefined && account.platform_role !== null)
    throw usersErrors.error('account-of-other-clinics');
}

/** What follows in the transaction sees what this context sees. */
function actAs(
  build: QueryBuilder,
  { clinicId, actorId }: Pick<IdentityContext, 'clinicId' | 'actorId'>,
): Statement {
  return sql`select set_config('app.clinic_id', ${clinicId ?? ''}, true),
    set_config('app.actor_id', ${actorId ?? ''}, true)`.compile(build);
}

function otherAdministrators(build: QueryBuilder, clinicId: ClinicId, accountId: AccountId) {
  return build
    .selectFrom('membership as m')
    .innerJoin('account as a', 'a.id', 'm.account_id')
    .select('a.id')
    .where('m.clinic_id', '=', clinicId)
    .where('m.role', '=', 'CLINIC_ADMIN')
    .where('a.id', '<>', accountId)
    .where('a.status', '=', 'active')
    .limit(1);
}
