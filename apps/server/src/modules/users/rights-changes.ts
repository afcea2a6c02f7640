import type { AccountId } from '@careward/kernel';
import type { AccountNews } from '../../authentication/index.ts';
import type { AccountNumbers } from '../../connections/index.ts';

/** Performs changes of an account's rights so that they hold for the very next request of any of its sessions. */
export interface RightsChanges {
  /** `work` is the transaction of the change; it answers the account's numbers after it. Then `news` are told. */
  withRightsChange(
    accountId: AccountId,
    work: () => Promise<AccountNumbers>,
    news?: AccountNews,
  ): Promise<void>;
}
