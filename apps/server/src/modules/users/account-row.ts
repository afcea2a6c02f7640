import type { AccountId } from '@careward/kernel';
import type { PlatformCipher } from '../../encryption/index.ts';

/** An account to be made. */
export interface NewAccount {
  readonly id: AccountId;
  readonly email: string;
  readonly displayName: string;
  readonly passwordHash: string;
}

/** The row of a new account, sealed under the platform's key. */
export function accountRow(platform: PlatformCipher, account: NewAccount) {
  return {
    id: account.id,
    email: platform.seal('account.email', account.id, account.email),
    email_index: platform.emailIndex(account.email),
    display_name: platform.seal('account.display_name', account.id, account.displayName),
    password_hash: account.passwordHash,
  };
}
