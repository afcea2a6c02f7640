import { createHash, randomBytes } from 'node:crypto';
import type { JoinCode, Me, User, UserCreate, UserJoin, UserPage } from '@careward/api-schema';
import { type AccountId, type Clock, newId } from '@careward/kernel';
import type { PasswordHasher, SessionManagementService } from '../../authentication/index.ts';
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

/** How long a join code is good, in milliseconds. */
const JOIN_CODE_LIFETIME_MS = 15 * 60_000;

/** People who sign in, and their roles in a clinic. */
export class UsersService {
  readonly #repository: UsersRepository;
  readonly #clinics: ClinicsService;
  readonly #passwords: PasswordHasher;
  readonly #sessions: SessionManagementService;
  readonly #clock: Clock;

  constructor(
    repository: UsersRepository,
    clinics: ClinicsService,
    passwords: PasswordHasher,
    sessions: SessionManagementService,
    clock: Clock,
  ) {
    this.#repository = repository;
    this.#clinics = clinics;
    this.#passwords = passwords;
    this.#sessions = sessions;
    this.#clock = clock;
  }

  /**
   * Makes a person's account with roles in the clinic, or gives them to a member; their sessions end, so that the next one has the
   * new rights. An account of another clinic is never taken over by its e-mail address: its person makes a join code. Nobody gives roles to themselves: who administers reads no
   * patient.
   */
  async addMember(context: ClinicIdentity, body: UserCreate): Promise<User> {
    const { email, displayName, password, roles } = body;
    if (await this.#repository.isActor(context, email)) throw usersErrors.error('role-for-oneself');
    const account = {
      id: newId<AccountId>(),
      email,
      displayName,
      passwordHash: await this.#passwords.hash(password),
    };
    const member = await this.#repository.addMember(context, account, roles);
    if (member === undefined) throw usersErrors.error('account-elsewhere');
    await this.#sessions.endAll(member.id);
    return toUser(member);
  }

  /** A code with which the signed-in person lets one clinic give roles to their account. */
  async openJoinCode(context: IdentityContext & { readonly actorId: AccountId }): Promise<JoinCode> {
    const code = randomBytes(20).toString('base64url');
    const expiresAt = new Date(this.#clock.now() + JOIN_CODE_LIFETIME_MS);
    await this.#repository.openJoinCode(context, { codeHash: hashOf(code), expiresAt });
    return { code, expiresAt: expiresAt.toISOString() };
  }

  /** Gives roles to the account whose person made the code. Their sessions end, so that the next one has the new rights. */
  async join(context: ClinicIdentity, { code, roles }: UserJoin): Promise<User> {
    const member = await this.#repository.join(context, hashOf(code), roles);
    if (member === undefined) throw usersErrors.error('join-code-refused');
    await this.#sessions.endAll(member.id);
    return toUser(member);
  }

  /** A page of the members of the clinic. */
  async listMembers(context: ClinicIdentity, page: PageRequest<AccountId>): Promise<UserPage> {
    return toPage(await this.#repository.listMembers(context, page), page.limit, toUser);
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

function hashOf(code: string): Buffer {
  return createHash('sha256').update(code, 'utf8').digest();
}
