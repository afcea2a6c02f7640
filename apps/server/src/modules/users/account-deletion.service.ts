// The end of an account.
//
// Defends: people who want their account gone, since everything that says who they are or lets them in goes with it, and every session
// with it. The audit log, since it names accounts by an id that stays and tells nothing. Clinics and the platform from losing their last
// administrator. Medical records are the clinic's and stay: an account is not the patient.
import type { AccountId } from '@careward/kernel';
import type { IdentityContext } from '../../request-context/index.ts';
import type { AccountDeletionRepository } from './account-deletion.repository.ts';
import type { RightsChanges } from './rights-changes.ts';
import { usersErrors } from './users.errors.ts';

/** Deletes accounts. */
export class AccountDeletionService {
  readonly #repository: AccountDeletionRepository;
  readonly #sessions: RightsChanges;

  constructor(repository: AccountDeletionRepository, sessions: RightsChanges) {
    this.#repository = repository;
    this.#sessions = sessions;
  }

  /** Empties somebody else's account. The own one is deleted by {@link deleteOwn}, after a proof. */
  async deleteOther(context: IdentityContext, accountId: AccountId): Promise<void> {
    if (accountId === context.actorId) throw usersErrors.error('account-of-oneself');
    await this.#delete(context, accountId);
  }

  /** Empties the acting account. */
  async deleteOwn(acting: IdentityContext & { readonly actorId: AccountId }): Promise<void> {
    await this.#delete(acting, acting.actorId);
  }

  /** At once: the account's next request is refused. Refuses with `last-administrator`. */
  async #delete(context: IdentityContext, accountId: AccountId): Promise<void> {
    await this.#sessions.withRightsChange(accountId, () => this.#repository.empty(context, accountId), {
      event: 'account.status-changed',
      origin: context.origin,
    });
  }
}
