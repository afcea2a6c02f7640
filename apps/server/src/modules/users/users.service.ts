import type { ExportedUserPage, Me, MeUpdate, User, UserPage } from '@careward/api-schema';
import type { AccountId } from '@careward/kernel';
import {
  type ClinicIdentity,
  type IdentityContext,
  type PageRequest,
  type Principal,
  toPage,
} from '../../request-context/index.ts';
import type { ClinicsService } from '../clinics/index.ts';
import { usersErrors } from './users.errors.ts';
import type { AccountView, MemberView, UsersRepository } from './users.repository.ts';

/** People who sign in, and their roles in a clinic. */
export class UsersService {
  readonly #repository: UsersRepository;
  readonly #clinics: ClinicsService;

  constructor(repository: UsersRepository, clinics: ClinicsService) {
    this.#repository = repository;
    this.#clinics = clinics;
  }

  /** A page of the members of the clinic. */
  async listMembers(context: ClinicIdentity, page: PageRequest<AccountId>): Promise<UserPage> {
    return toPage(await this.#repository.listMembers(context, page), page.limit, toUser);
  }

  /** One member of the clinic, or `account-not-found`: whoever is of another clinic only is not there. */
  async getMember(context: ClinicIdentity, accountId: AccountId): Promise<User> {
    const member = await this.#repository.findMemberById(context, accountId);
    if (member === undefined) throw usersErrors.error('account-not-found');
    return toUser(member);
  }

  /** A page of the members of the clinic with how they sign in. */
  async exportMembers(context: ClinicIdentity, page: PageRequest<AccountId>): Promise<ExportedUserPage> {
    return toPage(await this.#repository.exportMembers(context, page), page.limit, (member) => ({
      ...toUser(member),
      emailVerified: member.emailVerified,
      hasSecondFactor: member.hasSecondFactor,
    }));
  }

  /** Changes what a person may change of their own account without further proof. */
  async update(
    acting: IdentityContext & { readonly actorId: AccountId },
    { displayName }: MeUpdate,
  ): Promise<void> {
    await this.#repository.changeDisplayName(acting, displayName);
  }

  /** The patient account with this e-mail address in the clinic, or `account-not-found`. */
  async getPatientAccount(context: ClinicIdentity, email: string): Promise<AccountId> {
    const id = await this.#repository.findMember(context, email);
    if (id === undefined) throw usersErrors.error('account-not-found');
    return id;
  }

  /** Display names of accounts; those that are gone are absent. */
  async displayNames(context: IdentityContext, ids: readonly AccountId[]): Promise<Map<AccountId, string>> {
    const accounts = await this.#repository.findMany(context, ids);
    return new Map(accounts.map((account) => [account.id, account.displayName]));
  }

  /** The signed-in person. */
  async me(context: IdentityContext, principal: Principal): Promise<Me> {
    const [account] = await this.#repository.findMany(context, [principal.accountId]);
    if (account === undefined) throw usersErrors.error('account-not-found');
    const clinicIds = principal.memberships.map((membership) => membership.clinicId);
    const clinics = await this.#clinics.getMany(context, clinicIds);
    const names = new Map<string, string>(clinics.map((clinic) => [clinic.id, clinic.name]));
    const memberships = principal.memberships.map(({ clinicId, roles }) => ({
      clinicId,
      clinicName: names.get(clinicId) ?? '',
      roles: roles.filter((role) => role !== 'SUPER_ADMIN'),
    }));
    return { account: identityOf(account), platformRole: principal.platformRole, memberships };
  }
}

function identityOf({ id, email, displayName }: AccountView) {
  return { id, email, displayName };
}

function toUser(member: MemberView): User {
  return {
    ...identityOf(member),
    status: member.status,
    roles: [...member.roles],
    createdAt: member.createdAt.toISOString(),
  };
}
