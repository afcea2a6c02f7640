// An administrator takes the second factors of a member away, who has lost them all.
//
// Defends: people of several clinics, and the platform's own, from an administrator of one clinic; everybody from an administrator who
// frees their own account of its factors. The person is told, is signed out everywhere, and adds a factor at the next sign-in.
import { asAccountId } from '@careward/kernel';
import type { ClinicIdentity } from '../../request-context/index.ts';
import type { SessionManagementService } from '../sessions/session-management.service.ts';
import type { PersonNotifier } from '../sign-in/person-notifier.ts';
import { rejectOutsiders } from './belonging.ts';
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

  /**
   * Takes all second factors of a member of the context's clinic away. The removal asks once more who they are: asking here keeps
   * strangers' sessions from being told of a change that is none.
   */
  async removeAll(context: ClinicIdentity, id: string): Promise<void> {
    const accountId = asAccountId(id);
    rejectOutsiders(context, accountId, await this.#factors.belonging(context.origin, accountId));
    const notices = await this.#notifier.noticesOf(accountId, 'factor-removed');
    const news = { event: 'account.factors-changed', origin: context.origin } as const;
    await this.#sessions.withRightsChange(
      accountId,
      () => this.#factors.removeAllOfMember(context, accountId, notices),
      news,
    );
  }
}
