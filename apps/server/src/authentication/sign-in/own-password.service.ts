// The own password, replaced by whoever knows the present one.
//
// Defends: accounts with a second factor from whoever found a session open and knows the password. That is one factor of two: it neither
// replaces itself nor ends the other sessions, unless the person has proved themselves with all factors in the last five minutes.
// Does not defend an account without a second factor against whoever knows its password.
import type { PasswordChange } from '@careward/api-schema';
import type { Clock } from '@careward/kernel';
import type { Principal } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import type { OwnPasswordRules } from '../passwords/own-password-rules.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import { RECENT_PROOF_MS } from '../public.decorator.ts';
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
  readonly clock: Clock;
}

/** The own password. */
export class OwnPasswordService {
  readonly #parts: OwnPasswordParts;

  constructor(parts: OwnPasswordParts) {
    this.#parts = parts;
  }

  /**
   * Replaces the own password, for whoever knows the present one. Every other session ends in the same transaction; the one that asks
   * goes on. The person is told. A sign-in that was checking the old password at that moment comes to nothing (see SignInFlow). Refuses
   * with `authentication-proof-needed` a person with a second factor who has not proved themselves lately.
   */
  async change(acting: ActingContext, principal: Principal, change: PasswordChange): Promise<void> {
    const { accounts, reauthentication, passwords, rules, sessions, notifier } = this.#parts;
    const { currentPassword, newPassword } = change;
    await this.#rejectOneOfTwoFactors(acting, principal);
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

  async #rejectOneOfTwoFactors(acting: ActingContext, { provenAt }: Principal): Promise<void> {
    const { accounts, clock } = this.#parts;
    if (clock.now() - provenAt <= RECENT_PROOF_MS) return;
    const person = await accounts.findPerson(acting, null);
    if (person !== undefined && !person.hasTotp && person.passkeys === 0) return;
    throw authenticationErrors.error('authentication-proof-needed');
  }
}
