import { needsSecondFactor, type Role } from '@careward/access-policy';
import type { RecoveryCodes, SecondFactors, TotpConfirm, TotpEnrolment } from '@careward/api-schema';
import type { EventService } from '../../events/index.ts';
import type { Principal } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import type { ActingContext } from '../sessions/session.repository.ts';
import { rolesOf } from '../sessions/session-body.ts';
import type { SessionManagementService } from '../sessions/session-management.service.ts';
import type { LockoutService } from '../sign-in/lockout.service.ts';
import { ownSubject } from '../sign-in/own-attempts.ts';
import type { PersonNotifier } from '../sign-in/person-notifier.ts';
import type { FactorRepository } from './factor.repository.ts';
import type { RecoveryCodeRepository } from './recovery-code.repository.ts';
import type { TotpEnrolmentService } from './totp-enrolment.service.ts';
import type { TotpFactorRepository } from './totp-factor.repository.ts';

/** What the service works with. */
export interface OwnFactorsParts {
  readonly factors: FactorRepository;
  readonly totp: TotpFactorRepository;
  readonly enrolment: TotpEnrolmentService;
  readonly recoveryCodes: RecoveryCodeRepository;
  readonly sessions: SessionManagementService;
  readonly lockout: LockoutService;
  readonly notifier: PersonNotifier;
  readonly events: EventService;
  readonly secondFactorRoles: readonly Role[];
}

/** What a signed-in person does with their own second factors. */
export class OwnFactorsService {
  readonly #parts: OwnFactorsParts;

  constructor(parts: OwnFactorsParts) {
    this.#parts = parts;
  }

  /** What there is. */
  async list(acting: ActingContext, principal: Principal): Promise<SecondFactors> {
    const { totpConfirmedAt, passkeys, recoveryCodesLeft } = await this.#parts.factors.list(acting);
    const totp = totpConfirmedAt === null ? null : { confirmedAt: totpConfirmedAt.toISOString() };
    return { totp, passkeys, recoveryCodesLeft, required: this.#isRequired(principal) };
  }

  /** Begins to add an authenticator app. */
  async beginTotp(acting: ActingContext): Promise<TotpEnrolment> {
    return this.#parts.enrolment.begin(acting);
  }

  /** Adds it, with new recovery codes. Wrong codes count as those of sign-in do. */
  async confirmTotp(
    acting: ActingContext,
    principal: Principal,
    { code }: TotpConfirm,
  ): Promise<RecoveryCodes> {
    const { totp, lockout, sessions } = this.#parts;
    const subject = await ownSubject(sessions, principal, acting.actorId);
    const { actorId: accountId, origin } = acting;
    const attempt = { kind: 'second-factor', subject, origin, accountId, action: 'session.prove' } as const;
    await lockout.requireRight(attempt, async () => {
      const outcome = await totp.confirm(acting, code);
      if (outcome === undefined) throw authenticationErrors.error('second-factor-not-found');
      return outcome || undefined;
    });
    this.#tell(acting);
    return this.replaceRecoveryCodes(acting);
  }

  /** Takes the authenticator app away, unless it is the last factor and a role needs one. The person is told. */
  async removeTotp(acting: ActingContext, principal: Principal): Promise<void> {
    const notices = await this.#parts.notifier.noticesOf(acting.actorId, 'factor-removed');
    const removal = await this.#parts.factors.removeTotp(acting, this.#isRequired(principal), notices);
    if (removal === 'absent') throw authenticationErrors.error('second-factor-not-found');
    if (removal === 'last') throw authenticationErrors.error('second-factor-required-by-role');
    this.#tell(acting);
  }

  /** Ten new recovery codes; those before are void. For accounts that have a second factor, else `second-factor-not-found`. */
  async replaceRecoveryCodes(acting: ActingContext): Promise<RecoveryCodes> {
    const recoveryCodes = await this.#parts.recoveryCodes.replace(acting);
    this.#tell(acting);
    return { recoveryCodes };
  }

  #tell({ actorId: accountId, origin }: ActingContext): void {
    this.#parts.events.emitEnterprise('account.factors-changed', { accountId }, origin);
  }

  #isRequired(principal: Principal): boolean {
    return needsSecondFactor([...rolesOf(principal)], this.#parts.secondFactorRoles);
  }
}
