// A new password for who has forgotten theirs, begun by the person or by who administers a clinic of theirs.
//
// Defends: the knowledge of who has an account, since every address is answered alike, after the same statements. Accounts, since the
// code goes to the address that the account has, works once for 30 minutes, and sets a password and nothing else: a second factor is
// asked for at the next sign-in as before. All sessions end, and the person is told. People from their administrators, who cause the
// same mail to the same address and neither see its code nor choose a password: they can do no more than anybody who knows the address.
// Does not defend an account without a second factor against whoever reads its person's mail.
import type { PasswordResetConfirm, PasswordResetRequest } from '@careward/api-schema';
import type { AccountId, Clock } from '@careward/kernel';
import {
  actingAs,
  type OwnPasswordRules,
  type PasswordHasher,
  type PersonNotifier,
} from '../../authentication/index.ts';
import { anonymousContextOf, type ClinicIdentity, type RequestOrigin } from '../../request-context/index.ts';
import {
  createMailCode,
  hashOfMailCode,
  type MailDelivery,
  type MailLimits,
  type MailTexts,
} from '../mail/index.ts';
import type { PasswordResetRepository, ResetCode } from './password-reset.repository.ts';
import type { RightsChanges } from './rights-changes.ts';
import { usersErrors } from './users.errors.ts';

/** How long a code is good, in milliseconds. */
const LIFETIME_MS = 30 * 60_000;

/** What the service needs. */
export interface PasswordResetParts {
  readonly repository: PasswordResetRepository;
  readonly passwords: PasswordHasher;
  readonly rules: OwnPasswordRules;
  readonly sessions: RightsChanges;
  readonly notifier: PersonNotifier;
  readonly limits: MailLimits;
  readonly texts: MailTexts;
  readonly delivery: MailDelivery;
  readonly clock: Clock;
}

/** Resets passwords. */
export class PasswordResetService {
  readonly #parts: PasswordResetParts;

  constructor(parts: PasswordResetParts) {
    this.#parts = parts;
  }

  /** Sends a code, if there is somebody to send it to. */
  async request(origin: RequestOrigin, { email }: PasswordResetRequest): Promise<void> {
    const { repository, limits, delivery } = this.#parts;
    await limits.take(origin, email);
    await repository.open(anonymousContextOf(origin), email, this.#newCode());
    delivery.wake();
  }

  /**
   * Sends a code to a member of the context's clinic, whose administrator asks for it. Refuses with `account-not-found` whoever is not
   * one, with `account-disabled` or `account-closed-by-platform` whose account is closed, and with `edge-rate-limited`.
   */
  async requestForMember(context: ClinicIdentity, accountId: AccountId): Promise<void> {
    const { repository, limits, delivery } = this.#parts;
    await limits.take(context.origin, await repository.getMemberAddress(context, accountId));
    await repository.openForMember(context, accountId, this.#newCode());
    delivery.wake();
  }

  /** Sets the password. */
  async confirm(origin: RequestOrigin, { code, newPassword }: PasswordResetConfirm): Promise<void> {
    const { repository, passwords, rules, sessions, notifier, delivery } = this.#parts;
    const hash = hashOfMailCode(code);
    const accountId = await repository.findAccount(anonymousContextOf(origin), hash);
    if (accountId === undefined) throw usersErrors.error('mailed-code-refused');
    const acting = actingAs(origin, accountId);
    await rules.rejectWeak(acting, newPassword);
    const passwordHash = await passwords.hash(newPassword);
    const notices = await notifier.noticesOf(accountId, 'password-changed');
    await sessions.withRightsChange(
      accountId,
      () => repository.reset(acting, hash, { passwordHash, notices }),
      { event: 'account.password-changed', origin },
    );
    delivery.wake();
  }

  #newCode(): ResetCode {
    const { texts, clock } = this.#parts;
    const { code, hash } = createMailCode();
    return { hash, expiresAt: new Date(clock.now() + LIFETIME_MS), mail: texts.passwordReset(code) };
  }
}
