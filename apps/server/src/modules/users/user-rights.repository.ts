import type { ClinicRole } from '@careward/access-policy';
import type { AccountId, ClinicId } from '@careward/kernel';
import { auditEntryInsert } from '../../audit/index.ts';
import type { AccountNumbers } from '../../connections/index.ts';
import type { Database, ScopedTransaction } from '../../persistence/index.ts';
import type { ClinicIdentity } from '../../request-context/index.ts';
import { accountNumbers, roleGrants, roleRemovals } from './account-statements.repository.ts';
import {
  lockClinics,
  rejectOfPlatform,
  requireNoRightsElsewhere,
  requireOtherAdministrator,
  requireOtherOfPlatform,
} from './administrators.repository.ts';
import { usersErrors } from './users.errors.ts';

/** Roles and standing of the people of a clinic. */
export class UserRightsRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Replaces the roles of a member of the context's clinic, all or nothing. Refuses with `account-not-found`, and with
   * `last-administrator` when nobody would administer the clinic; of two who remove each other at once, one is refused. A clinic changes
   * no roles of who administers the platform: `account-of-other-clinics`.
   */
  async replaceRoles(
    context: ClinicIdentity,
    accountId: AccountId,
    wanted: readonly ClinicRole[],
  ): Promise<AccountNumbers> {
    const { clinicId } = context;
    return this.#database.forIdentity(context).transaction(async (tx) => {
      await lockClinics(tx, [clinicId]);
      const held = await heldRoles(tx, clinicId, accountId);
      if (held.length === 0) throw usersErrors.error('account-not-found');
      if (context.actorRole !== 'SUPER_ADMIN') await rejectOfPlatform(tx, accountId);
      const taken = held.filter((role) => !wanted.includes(role));
      const given = wanted.filter((role) => !held.includes(role));
      if (taken.includes('CLINIC_ADMIN')) await requireOtherAdministrator(tx, clinicId, accountId);
      await tx.batch([
        ...(taken.length > 0 ? roleRemovals(tx.build, clinicId, accountId, taken) : []),
        ...(given.length > 0 ? roleGrants(tx.build, clinicId, accountId, given) : []),
      ]);
      return accountNumbers(tx, accountId);
    });
  }

  /** Whether the account is a member of the context's clinic. */
  async isMember(context: ClinicIdentity, accountId: AccountId): Promise<boolean> {
    const identity = this.#database.forIdentity(context);
    const rows = await identity.run(
      identity.build
        .selectFrom('membership')
        .select('role')
        .where('clinic_id', '=', context.clinicId)
        .where('account_id', '=', accountId)
        .limit(1),
    );
    return rows.length > 0;
  }

  /**
   * Lets the account be used, or not. An account that is deleted stays so: `account-not-found`. The administrator of the platform reaches
   * every account; a clinic's only those who have no rights elsewhere (`account-of-other-clinics`), and not the last who administers.
   */
  async changeStatus(
    context: ClinicIdentity,
    accountId: AccountId,
    status: 'active' | 'disabled',
  ): Promise<AccountNumbers> {
    const action = status === 'active' ? 'account.enable' : 'account.disable';
    const closedByPlatform = status === 'disabled' && context.actorRole === 'SUPER_ADMIN';
    return this.#database.forIdentity(context).transaction(async (tx) => {
      await rejectUnreachable(tx, context, accountId, status);
      const changed = await tx.run(
        tx.build
          .updateTable('account')
          .set({ status, closed_by_platform: closedByPlatform })
          .where('id', '=', accountId)
          .where('status', '<>', 'deleted')
          .returning('id'),
      );
      if (changed.length === 0) throw usersErrors.error('account-not-found');
      const entry = { action, resourceType: 'account', resourceId: accountId, outcome: 'success' } as const;
      await tx.run(auditEntryInsert(tx.build, entry, context.clinicId));
      return accountNumbers(tx, accountId);
    });
  }
}

async function rejectUnreachable(
  tx: ScopedTransaction,
  context: ClinicIdentity,
  accountId: AccountId,
  status: 'active' | 'disabled',
): Promise<void> {
  if (context.actorRole === 'SUPER_ADMIN') {
    if (status === 'disabled') await requireOtherOfPlatform(tx, accountId);
    return;
  }
  await lockClinics(tx, [context.clinicId]);
  const held = await heldRoles(tx, context.clinicId, accountId);
  if (held.length === 0) throw usersErrors.error('account-not-found');
  await requireNoRightsElsewhere(tx, context, accountId);
  await rejectClosedByPlatform(tx, accountId);
  if (status === 'disabled' && held.includes('CLINIC_ADMIN'))
    await requireOtherAdministrator(tx, context.clinicId, accountId);
}

async function rejectClosedByPlatform(tx: ScopedTransaction, accountId: AccountId): Promise<void> {
  const [account] = await tx.run(
    tx.build.selectFrom('account').select('closed_by_platform').where('id', '=', accountId).forUpdate(),
  );
  if (account?.closed_by_platform === true) throw usersErrors.error('account-closed-by-platform');
}

async function heldRoles(
  tx: ScopedTransaction,
  clinicId: ClinicId,
  accountId: AccountId,
): Promise<ClinicRole[]> {
  const rows = await tx.run(
    tx.build
      .selectFrom('membership')
      .select('role')
      .where('clinic_id', '=', clinicId)
      .where('account_id', '=', accountId),
  );
  return rows.map(({ role }) => role as ClinicRole);
}
