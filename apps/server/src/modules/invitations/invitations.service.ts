// Invitations: how people come to a clinic.
//
// Defends accounts from being made by somebody else than their person: an invitation offers roles to whoever reads an e-mail address,
// and only that person chooses the password. The code is 256 random bits, of which the hash is kept; it works once, for seven days.
// Inviting tells nothing of whether the address has an account: same answer, same work, same mail.
// Defends clinics from who was dismissed: an invitation ends with the rights of whoever wrote it, as if it had been withdrawn.
// Does not defend against somebody else reading that person's mail.
import { needsSecondFactor, type Role } from '@careward/access-policy';
import type {
  AccountMade,
  InvitationAccept,
  InvitationCreate,
  InvitationPage,
  InvitationSent,
} from '@careward/api-schema';
import { type AccountId, type Clock, newId } from '@careward/kernel';
import type { PasswordHasher, PasswordPolicy } from '../../authentication/index.ts';
import {
  anonymousContextOf,
  type ClinicIdentity,
  type IdentityContext,
  type PageRequest,
  type RequestOrigin,
  toPage,
} from '../../request-context/index.ts';
import type { ClinicsService } from '../clinics/index.ts';
import {
  clinicCode,
  createMailCode,
  type MailDelivery,
  type MailTexts,
  parseClinicCode,
} from '../mail/index.ts';
import { type RightsChanges, type UsersRepository, usersErrors } from '../users/index.ts';
import { invitationsErrors } from './invitations.errors.ts';
import type { InvitationsRepository, OpenInvitation } from './invitations.repository.ts';

/** How long an invitation can be accepted, in milliseconds. */
const LIFETIME_MS = 7 * 24 * 60 * 60_000;

/** What the service needs. */
export interface InvitationsParts {
  readonly repository: InvitationsRepository;
  readonly users: UsersRepository;
  readonly clinics: ClinicsService;
  readonly passwords: PasswordHasher;
  readonly policy: PasswordPolicy;
  readonly secondFactorRoles: readonly Role[];
  readonly sessions: RightsChanges;
  readonly texts: MailTexts;
  readonly delivery: MailDelivery;
  readonly clock: Clock;
}

/** Invites people, and lets them in. */
export class InvitationsService {
  readonly #parts: InvitationsParts;

  constructor(parts: InvitationsParts) {
    this.#parts = parts;
  }

  /** Sends an invitation. Nobody invites themselves: who administers reads no patient. */
  async invite(context: ClinicIdentity, { email, roles }: InvitationCreate): Promise<InvitationSent> {
    const { repository, users, clinics, texts, delivery, clock } = this.#parts;
    if (await users.isActor(context, email)) throw usersErrors.error('role-for-oneself');
    const [clinic] = await clinics.getMany(context, [context.clinicId]);
    const code = createMailCode();
    const id = newId(clock);
    const expiresAt = new Date(clock.now() + LIFETIME_MS);
    const mail = texts.invitation(clinic?.name ?? '', clinicCode(context.clinicId, code));
    await repository.create(context, { id, codeHash: code.hash, email, roles, expiresAt }, mail);
    delivery.wake();
    return { id, expiresAt: expiresAt.toISOString() };
  }

  /** A page of the clinic's open invitations. */
  async listOpen(context: ClinicIdentity, page: PageRequest<string>): Promise<InvitationPage> {
    return toPage(await this.#parts.repository.listOpen(context, page), page.limit, toInvitation);
  }

  /** Withdraws an open invitation, or `invitation-not-found`. */
  async withdraw(context: ClinicIdentity, id: string): Promise<void> {
    if (await this.#parts.repository.withdraw(context, id)) return;
    throw invitationsErrors.error('invitation-not-found');
  }

  /** Makes the account that an invitation offers. Every code that cannot be used is refused alike. */
  async accept(
    origin: RequestOrigin,
    { code, displayName, password }: InvitationAccept,
  ): Promise<AccountMade> {
    const { repository, clinics, passwords, policy, secondFactorRoles, clock } = this.#parts;
    const parsed = parseClinicCode(code);
    if (parsed === undefined) throw invitationsErrors.error('invitation-refused');
    const context = { ...anonymousContextOf(origin), clinicId: parsed.clinicId };
    const offer = await repository.findOpen(context, parsed.hash);
    if (offer === undefined) throw invitationsErrors.error('invitation-refused');
    const [clinic] = await clinics.getMany(context, [context.clinicId]);
    const hasSecondFactor = needsSecondFactor(offer.roles, secondFactorRoles);
    const words = [offer.email, displayName, clinic?.name ?? ''];
    await policy.rejectWeak(password, { words, hasSecondFactor }, 'password');
    const id = newId<AccountId>(clock);
    const passwordHash = await passwords.hash(password);
    await repository.accept(context, parsed.hash, { id, displayName, passwordHash });
    return { accountId: id };
  }

  /** Gives the acting account the roles that an invitation offers to its own address. Effective for the very next request. */
  async acceptSignedIn(
    acting: IdentityContext & { readonly actorId: AccountId },
    code: string,
  ): Promise<void> {
    const { repository, sessions } = this.#parts;
    const parsed = parseClinicCode(code);
    if (parsed === undefined) throw invitationsErrors.error('invitation-refused');
    const context = { ...acting, clinicId: parsed.clinicId };
    const offer = await repository.findOpen(context, parsed.hash);
    if (offer === undefined) throw invitationsErrors.error('invitation-refused');
    await sessions.withRightsChange(acting.actorId, () => repository.acceptAs(context, parsed.hash), {
      event: 'account.roles-changed',
      origin: acting.origin,
    });
  }
}

function toInvitation({ id, email, roles, createdAt, expiresAt }: OpenInvitation) {
  return {
    id,
    email,
    roles: [...roles],
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
  };
}
