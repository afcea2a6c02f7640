// An administrator takes the second factors of a member away, who has lost them all.
//
// Defends: people of several clinics, and the platform's own, from an administrator of one clinic; everybody from an administrator who
// frees their own account of its factors. The person is told, is signed out everywhere, and adds a factor at the next sign-in.
import { type AccountId, asAccountId } from '@careward/kernel';
import type { ClinicIdentity } from '../../request-context/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import type { SessionManagementService } from '../sessions/session-management.service.ts';
import type { PersonNotifier } from '../sign-in/person-notifier.ts';
import type { FactorRepository } from './factor.repository.ts';

/** Second factors of the members of a clinic. */
export class MemberFactorsService {
  readonly #factors: FactorRepository;
  readonly #sessions: SessionManagementService;
  readonly #notifier: PersonNotifier;

  constructor(parts: {
    readonly factors: FactorRepository;
    readonly sessions: SessionManagementService;
    readonly notifier: PersonNotifier;
  }) {
    this.#factors = parts.factors;
    this.#sessions = parts.sessions;
    this.#notifier = parts.notifier;
  }

  /** Takes all second factors of a member of the context's clinic away. */
  async removeAll(context: ClinicIdentity, id: string): Promise<void> {
    const accountId = asAccountId(id);
    await this.#rejectOutsiders(context, accountId);
    const notices = await this.#notifier.noticesOf(accountId, 'factor-removed');
    await this.#sessions.withRightsChange(accountId, () =>
      this.#factors.removeAllOfMember(context, accountId, notices),
    );
  }

  /** Somebody of no role here is as absent as nobody. */
  async #rejectOutsiders(context: ClinicIdentity, accountId: AccountId): Promise<void> {
    const found = await this.#factors.belonging(context.origin, accountId);
    if (found === undefined || !found.clinicIds.includes(context.clinicId))
      throw authenticationErrors.error('second-factor-not-found');
    if (accountId === context.actorId || found.isOfPlatform || found.clinicIds.length > 1)
      throw authenticationErrors.error('second-factor-removal-refused');
  }
}
