import type { AccountId } from '@careward/kernel';
import type { Statement } from '../../persistence/index.ts';

/** What a person is told of their own account, besides what they see in it. */
export type NoticeKind =
  | 'new-device'
  | 'password-changed'
  | 'factor-added'
  | 'factor-removed'
  | 'recovery-code-used'
  | 'session-ended-by-cap'
  | 'refresh-token-reused'
  | 'sessions-ended'
  | 'email-changed'
  | 'identity-linked';

/**
 * Tells a person by mail what happened to their account. The statements put the notice into the outbox; the caller runs them in the
 * transaction of the change, so that there is no change without its notice. They run in the identity scope of the acting account.
 */
export interface PersonNotifier {
  /** The statements of one notice; none when the account has no address to write to. */
  noticesOf(accountId: AccountId, kind: NoticeKind): Promise<readonly Statement[]>;
}
