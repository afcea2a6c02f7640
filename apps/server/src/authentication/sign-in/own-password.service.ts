import { needsSecondFactor, type Role } from '@careward/access-policy';
import type { PasswordChange } from '@careward/api-schema';
import type { Principal } from '../../request-context/index.ts';
import type { PasswordHasher } from '../passwords/password-hasher.ts';
import type { PasswordPolicy } from '../passwords/password-policy.ts';
import type { ActingContext } from '../sessions/session.repository.ts';
import type { SessionManagementService } from '../sessions/session-management.service.ts';
import type { AccountRepository } from './account.repository.ts';
import type { AccountOwnerRepository } from './account-owner.repository.ts';
import type { PersonNotifier } from './person-notifier.ts';
import type { ReauthenticationService } from './reauthentication.service.ts';

/** What the service works with. */
export interface OwnPasswordParts {
  readonly accounts: AccountRepository;
  readonly owners: AccountOwnerRepository;
  readonly reauthentication: ReauthenticationService;
  readonly passwords: PasswordHasher;
  readonly policy: PasswordPolicy;
  readonly sessions: SessionManagementService;
  readonly notifier: PersonNotifier;
  readonly secondFactorRoles: readonly Role[];
}

/** The own password. */
export class OwnPasswordService {
  readonly #parts: OwnPasswordParts;

  constructor(parts: OwnPasswordParts) {
    this.#parts = parts;
  }

  /**
   * Replaces the own password, for whoever knows the present one. Every other session ends; the one that asks goes on. The person is
   * told. A sign-in that was checking the old password at that moment comes to nothing (see SignInFlow).
   */
  async change(acting: ActingContext, principal: Principal, change: PasswordChange): Promise<void> {
    const { accounts, reauthentication, passwords, sessions, notifier } = this.#parts;
    const { currentPassword, newPassword } = change;
    const before = await reauthentication.checkPassword(
      acting,
      principal,
      currentPassword,
      'password.change',
    );
    await this.#rejectWeak(acting, newPassword);
    const after = await passwords.hash(newPassword);
    const notices = await notifier.noticesOf(acting.actorId, 'password-changed');
    await sessions.withRightsChange(acting.actorId, () =>
      accounts.changePassword(acting, { before, after }, notices),
    );
    await sessions.endOthers(acting, principal.sessionId);
  }

  async #rejectWeak(acting: ActingContext, password: string): Promise<void> {
    const { accounts, owners, policy, secondFactorRoles } = this.#parts;
    const { email, displayName, clinicNames } = await owners.get(acting);
    const person = await accounts.findPerson(acting, null);
    const hasFactor = person !== undefined && (person.hasTotp || person.passkeys > 0);
    const hasSecondFactor = hasFactor || needsSecondFactor(person?.roles ?? [], secondFactorRoles);
    await policy.rejectWeak(password, { words: [email, displayName, ...clinicNames], hasSecondFactor });
  }
}
