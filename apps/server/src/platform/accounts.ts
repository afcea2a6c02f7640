import type { OwnSessions, PasswordHasher } from '../authentication/index.ts';
import {
  AccountOwnerRepository,
  AccountRepository,
  OwnPasswordRules,
  PasswordPolicy,
} from '../authentication/index.ts';
import type { RateLimitService } from '../edge/index.ts';
import type { EncryptionService } from '../encryption/index.ts';
import type { ClinicsService } from '../modules/clinics/index.ts';
import { InvitationsRepository, InvitationsService } from '../modules/invitations/index.ts';
import { MailLimits } from '../modules/mail/index.ts';
import { RegistrationRepository, RegistrationService } from '../modules/registration/index.ts';
import {
  AccountDeletionRepository,
  AccountDeletionService,
  AccountExportRepository,
  AccountExportService,
  EmailChangeRepository,
  EmailChangeService,
  PasswordResetRepository,
  PasswordResetService,
  type RightsChanges,
  UserRightsRepository,
  UserRightsService,
  type UsersRepository,
  type UsersService,
} from '../modules/users/index.ts';
import type { Foundations } from './foundations.ts';
import type { buildMail } from './mail.ts';

/** What the rooms of accounts share. */
export interface AccountParts {
  readonly encryption: EncryptionService;
  readonly usersRepository: UsersRepository;
  readonly users: UsersService;
  readonly clinics: ClinicsService;
  readonly passwords: PasswordHasher;
  readonly sessions: RightsChanges;
  readonly ownSessions: OwnSessions;
  readonly limits: RateLimitService;
  readonly mail: ReturnType<typeof buildMail>;
}

/** How accounts come to be, change and go. */
export function buildAccounts(foundations: Foundations, parts: AccountParts) {
  const { database } = foundations;
  const { encryption, sessions, users, ownSessions } = parts;
  return {
    ...buildEntrances(foundations, parts),
    userRights: new UserRightsService(new UserRightsRepository(database), sessions),
    accountDeletion: new AccountDeletionService(
      new AccountDeletionRepository(database, encryption),
      sessions,
    ),
    accountExport: new AccountExportService(
      new AccountExportRepository(database, encryption),
      users,
      ownSessions,
    ),
  };
}

/** Everything that begins or ends with a mail. */
function buildEntrances({ configuration, database, clock }: Foundations, parts: AccountParts) {
  const { encryption, usersRepository, clinics, passwords, sessions, mail } = parts;
  const { secondFactorRoles } = configuration.signInPolicy;
  const policy = new PasswordPolicy(configuration.passwords);
  const limits = new MailLimits(parts.limits, encryption);
  const { texts, delivery, notices: notifier } = mail;
  const shared = { passwords, policy, sessions, notifier, limits, texts, delivery, clock };
  const rules = new OwnPasswordRules({
    accounts: new AccountRepository(database, encryption),
    owners: new AccountOwnerRepository(database, encryption),
    policy,
    secondFactorRoles,
  });
  return {
    invitations: new InvitationsService({
      ...shared,
      repository: new InvitationsRepository(database, encryption),
      users: usersRepository,
      clinics,
      secondFactorRoles,
    }),
    registration: new RegistrationService({
      ...shared,
      repository: new RegistrationRepository(database, encryption),
    }),
    passwordResets: new PasswordResetService({
      ...shared,
      repository: new PasswordResetRepository(database, encryption),
      rules,
    }),
    emailChanges: new EmailChangeService({
      ...shared,
      repository: new EmailChangeRepository(database, encryption),
    }),
  };
}
