// Roles and standing of people, changed by who administers.
//
// Defends: patients from administrators who give themselves the role that reads, since nobody changes their own account here; a clinic
// from having nobody who administers it; people, and whoever administers the platform, from a clinic that would close their account
// everywhere. What was changed holds for the very next request of the person.
import type { UserRoles, UserStatus } from '@careward/api-schema';
import type { AccountId } from '@careward/kernel';
import type { ClinicIdentity } from '../../request-context/index.ts';
import type { RightsChanges } from './rights-changes.ts';
import type { UserRightsRepository } from './user-rights.repository.ts';
import { usersErrors } from './users.errors.ts';

type Administrator = ClinicIdentity & { readonly actorId: AccountId };

/** Changes roles and standing. */
export class UserRightsService {
  readonly #repository: UserRightsRepository;
  readonly #sessions: RightsChanges;

  constructor(repository: UserRightsRepository, sessions: RightsChanges) {
    this.#repository = repository;
    this.#sessions = sessions;
  }

  /** Replaces a member's roles in the clinic; none removes them from it. */
  async replaceRoles(context: Administrator, accountId: AccountId, { roles }: UserRoles): Promise<void> {
    if (accountId === context.actorId) throw usersErrors.error('role-for-oneself');
    await this.#requireMember(context, accountId);
    await this.#sessions.withRightsChange(
      accountId,
      () => this.#repository.replaceRoles(context, accountId, roles),
      { event: 'account.roles-changed', origin: context.origin },
    );
  }

  /**
   * Lets an account be used, or not. The administrator of the platform reaches every account; a clinic's only those whose memberships
   * are all in this clinic and who have no role of the platform.
   */
  async changeStatus(context: Administrator, accountId: AccountId, { status }: UserStatus): Promise<void> {
    if (accountId === context.actorId) throw usersErrors.error('account-of-oneself');
    if (context.actorRole !== 'SUPER_ADMIN') await this.#requireMember(context, accountId);
    await this.#sessions.withRightsChange(
      accountId,
      () => this.#repository.changeStatus(context, accountId, status),
      { event: 'account.status-changed', origin: context.origin },
    );
  }

  /** The change asks once more: this keeps strangers' sessions from being told of a change that is none. */
  async #requireMember(context: Administrator, accountId: AccountId): Promise<void> {
    if (!(await this.#repository.isMember(context, accountId))) throw usersErrors.error('account-not-found');
  }
}
