import type { PasswordChange } from '@careward/api-schema';
import type { Principal } from '../../request-context/index.ts';
import type { OwnPasswordRules } from '../passwords/own-password-rules.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { ActingContext } from '../sessions/session.repository.ts';
import type { SessionManagementService } from '../sessions/session-management.service.ts';
import type { AccountRepository } from './account.repository.ts';
import type { PersonNotifier } from './person-notifier.ts';
import type { ReauthenticationService } from './reauthentication.service.ts';

/** What the service works with. */
export interface OwnPasswordParts {
  readonly accounts: AccountRepository;
  readonly reauthentication: ReauthenticationService;
  readonly passwords: PasswordHasher;
  readonly rules: OwnPasswordRules;
  readonly sessions: SessionManagementService;
  readonly notifier: PersonNotifier;
}

/** The own password. */
export class OwnPasswordService {
  readonly #parts: OwnPasswordParts;

  constructor(parts: OwnPasswordParts) {
    this.#parts = parts;
  }

  /**
   * Replaces the own password, for whoever knows the present one. Every other session ends in the same transaction; the one that asks
   * goes on. The person is told. A sign-in that was checking the old password at that moment comes to nothing (see SignInFlow).
   */
  async change(acting: ActingContext, principal: Principal, change: PasswordChange): Promise<void> {
    const { accounts, reauthentication, passwords, rules, sessions, notifier } = this.#parts;
    const { currentPassword, newPassword } = change;
    const before = await reauthentication.checkPassword(
      acting,
      principal,
      currentPassword,
      'password.change',
    );
    await rules.rejectWeak(acting, newPassword);
    const after = await passwords.hash(newPassword);
    const notices = await notifier.noticesOf(acting.actorId, 'password-changed');
    await sessions.endOthers(acting, principal.sessionId, {
      write: (ends) => accounts.changePassword(acting, { before, after }, [...ends, ...notices]),
      event: 'account.password-changed',
    });
  }
}
