import { availableParallelism } from 'node:os';
import type { AuditTrail } from '../audit/index.ts';
import {
  AccountOwnerRepository,
  AccountRepository,
  ChallengeService,
  type ClientBindings,
  DecoyHashes,
  type DeviceTokens,
  FactorRepository,
  KnownDeviceRepository,
  LockoutService,
  MemberFactorsService,
  OwnDevicesService,
  OwnFactorsService,
  OwnPasswordRules,
  OwnPasswordService,
  PasswordHasher,
  PasswordPolicy,
  PasswordSignInService,
  type PersonNotifier,
  ReauthenticationService,
  RecoveryCodeRepository,
  SecondFactorSignInService,
  SecurityEventRepository,
  type SessionManagementService,
  SignInFlow,
  SignInSteps,
  TotpEnrolmentService,
  TotpFactorRepository,
} from '../authentication/index.ts';
import type { EncryptionService } from '../encryption/index.ts';
import { type Foundations, systemContext } from './foundations.ts';

/** What sign-in is built with besides the foundations. */
export interface SignInParts {
  readonly encryption: EncryptionService;
  readonly audit: AuditTrail;
  readonly notifier: PersonNotifier;
  readonly sessions: SessionManagementService;
  readonly clients: ClientBindings;
  readonly deviceTokens: DeviceTokens;
}

/** Passwords, second factors, known devices, and the flow in which every first factor ends. */
export function buildSignIn(foundations: Foundations, parts: SignInParts) {
  const base = buildFactors(foundations, parts);
  const { accounts, owners, totp, recoveryCodes, lockout, passwords, policy, secondFactorRoles } = base;
  const { sessions, clients, deviceTokens, notifier } = parts;
  const challenges = new ChallengeService(foundations.stores.identity);
  const devices = new KnownDeviceRepository(foundations.database);
  const flowParts = { accounts, challenges, devices, deviceTokens, recoveryCodes, sessions, notifier };
  const { bearerRoles } = foundations.configuration.signInPolicy;
  const flow = new SignInFlow({ ...flowParts, secondFactorRoles, bearerRoles });
  const enrolment = new TotpEnrolmentService(totp, owners);
  const passwordSignIn = new PasswordSignInService({
    ...{ accounts, deviceTokens, lockout, passwords, flow },
    decoys: new DecoyHashes(() => accounts.countHashKinds(systemContext()), foundations.clock),
  });
  const { events } = foundations;
  const factorParts = { totp, enrolment, recoveryCodes, lockout, flow, events };
  const secondFactorSignIn = new SecondFactorSignInService(factorParts);
  const proofParts = { accounts, owners, totp, lockout, passwords, sessions };
  const reauthentication = new ReauthenticationService(proofParts);
  const stepParts = { clients, passwords: passwordSignIn, secondFactors: secondFactorSignIn };
  const steps = new SignInSteps({ ...stepParts, reauthentication });
  const ownPassword = new OwnPasswordService({
    ...{ accounts, reauthentication, passwords, sessions, notifier, clock: foundations.clock },
    rules: new OwnPasswordRules({ accounts, owners, policy, secondFactorRoles }),
  });
  const own = buildOwn(foundations, parts, { ...base, devices, enrolment });
  const flows = { signInFlow: flow, passwordSignIn, secondFactorSignIn, steps };
  return { ...base, ...own, ...flows, devices, challenges, reauthentication, ownPassword };
}

type Base = ReturnType<typeof buildFactors> & {
  readonly devices: KnownDeviceRepository;
  readonly enrolment: TotpEnrolmentService;
};

/** What people see and do of their own factors and devices, and administrators of their members' factors. */
function buildOwn({ database, clock, events }: Foundations, { sessions, notifier }: SignInParts, base: Base) {
  const factors = new FactorRepository(database);
  const securityEvents = new SecurityEventRepository(database);
  return {
    factors,
    securityEvents,
    ownFactors: new OwnFactorsService({ ...base, factors, sessions, notifier, events }),
    memberFactors: new MemberFactorsService({ factors, sessions, notifier }),
    ownDevices: new OwnDevicesService({ devices: base.devices, events: securityEvents, sessions, clock }),
  };
}

function buildFactors(foundations: Foundations, { encryption, notifier }: SignInParts) {
  const { configuration, clock, database, stores, events } = foundations;
  const accounts = new AccountRepository(database, encryption);
  const cores = availableParallelism();
  return {
    passwords: new PasswordHasher({ concurrency: cores, queue: cores * 16 }),
    policy: new PasswordPolicy(configuration.passwords),
    secondFactorRoles: configuration.signInPolicy.secondFactorRoles,
    accounts,
    owners: new AccountOwnerRepository(database, encryption),
    totp: new TotpFactorRepository({ database, encryption, notifier, clock }),
    recoveryCodes: new RecoveryCodeRepository(database, notifier),
    lockout: new LockoutService({
      ...{ store: stores.identity, accounts, encryption, events },
      addressFailures: configuration.limits.addressFailures,
      accountFailures: configuration.limits.accountFailures,
    }),
  };
}
