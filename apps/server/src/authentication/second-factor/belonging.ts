import type { AccountId, ClinicId } from '@careward/kernel';
import type { ClinicIdentity } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';

/** Where a person belongs. */
export interface Belonging {
  readonly clinicIds: readonly ClinicId[];
  readonly isOfPlatform: boolean;
}

/**
 * Refuses whose factors an administrator of the context's clinic must not take: `second-factor-not-found` for somebody of no role there,
 * who is as absent as nobody, else `second-factor-removal-refused`.
 */
export function rejectOutsiders(
  context: ClinicIdentity,
  accountId: AccountId,
  found: Belonging | undefined,
): void {
  if (found === undefined || !found.clinicIds.includes(context.clinicId))
    throw authenticationErrors.error('second-factor-not-found');
  if (accountId === context.actorId || found.isOfPlatform || found.clinicIds.length > 1)
    throw authenticationErrors.error('second-factor-removal-refused');
}
