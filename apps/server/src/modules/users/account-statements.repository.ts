// The statements that make accounts and give or take roles, for every way in which that happens: none goes without its audit entry.
import type { ClinicRole } from '@careward/access-policy';
import type { AccountId, ClinicId } from '@careward/kernel';
import { sql } from 'kysely';
import { auditEntryInsert } from '../../audit/index.ts';
import type { AccountNumbers } from '../../connections/index.ts';
import type { PlatformCipher } from '../../encryption/index.ts';
import type { QueryBuilder, ScopedTransaction, Statement } from '../../persistence/index.ts';
import { accountRow, type NewAccount } from './account-row.ts';

/** Makes an account whose person has shown that they read its address; false, and nothing written, when the address has an account. */
export async function makeVerifiedAccount(
  tx: ScopedTransaction,
  platform: PlatformCipher,
  account: NewAccount,
  clinicId: ClinicId,
): Promise<boolean> {
  const made = await tx.run(
    tx.build
      .insertInto('account')
      .values({ ...accountRow(platform, account), email_verified_at: sql<Date>`now()` })
      .onConflict((conflict) => conflict.column('email_index').doNothing())
      .returning('id'),
  );
  if (made.length === 0) return false;
  const created = { action: 'account.create', resourceType: 'account', resourceId: account.id } as const;
  await tx.run(auditEntryInsert(tx.build, { ...created, outcome: 'success' }, clinicId));
  return true;
}

/** Gives roles in a clinic; the entry names them. */
export function roleGrants(
  build: QueryBuilder,
  clinicId: ClinicId,
  accountId: AccountId,
  roles: readonly ClinicRole[],
): Statement[] {
  const rows = roles.map((role) => ({ clinic_id: clinicId, account_id: accountId, role }));
  return [
    build
      .insertInto('membership')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing()),
    auditEntryInsert(build, rolesEntry('membership.grant', accountId, roles), clinicId),
  ];
}

/** Takes roles in a clinic; the entry names them. */
export function roleRemovals(
  build: QueryBuilder,
  clinicId: ClinicId,
  accountId: AccountId,
  roles: readonly ClinicRole[],
): Statement[] {
  return [
    build
      .deleteFrom('membership')
      .where('clinic_id', '=', clinicId)
      .where('account_id', '=', accountId)
      .where('role', 'in', roles),
    auditEntryInsert(build, rolesEntry('membership.revoke', accountId, roles), clinicId),
  ];
}

/** The account's numbers as they are inside the transaction of a change. */
export async function accountNumbers(tx: ScopedTransaction, accountId: AccountId): Promise<AccountNumbers> {
  const [row] = await tx.run(
    tx.build.selectFrom('account').select(['session_epoch', 'rights_version']).where('id', '=', accountId),
  );
  if (row === undefined) throw new Error('the numbers of an account that is not there');
  return { epoch: row.session_epoch, rightsVersion: row.rights_version };
}

function rolesEntry(action: string, accountId: AccountId, roles: readonly ClinicRole[]) {
  return {
    action,
    resourceType: 'account',
    resourceId: accountId,
    outcome: 'success',
    reason: roles.toSorted().join(','),
  } as const;
}
