/** The requests and answers of the API, for the server, the CLI and the console. Each schema is also a type of the same name. */
export { AccessLogItem, AccessLogPage, AccessOutcome, InclusionProof, LedgerEntry } from './access-log.ts';
export { AccountExport, ExportedUser, ExportedUserPage } from './account-export.ts';
export {
  EmailChange,
  EmailConfirm,
  PasswordResetConfirm,
  PasswordResetRequest,
} from './account-recovery.ts';
export {
  DisplayName,
  Me,
  MIN_PASSWORD_LENGTH,
  NewPassword,
  RefreshRequest,
  SetupRequest,
  SetupResult,
  SignInRequest,
  TokenResponse,
} from './authentication.ts';
export { Clinic, ClinicCreate, ClinicPage, ClinicSettings } from './clinics.ts';
export { EmailAddress, normaliseEmail } from './email.ts';
export { Uuid } from './ids.ts';
export { ImportRefusal, ImportReport } from './imports.ts';
export {
  AccountMade,
  Invitation,
  InvitationAccept,
  InvitationAcceptSignedIn,
  InvitationCreate,
  InvitationPage,
  InvitationSent,
} from './invitations.ts';
export { LedgerConsistency, LedgerConsistencyQuery } from './ledger.ts';
export {
  MedicalRecord,
  MedicalRecordCorrection,
  MedicalRecordCreate,
  MedicalRecordPage,
  MedicalRecordVersion,
  MedicalRecordVersionPage,
} from './medical-records.ts';
export {
  LinkedIdentityList,
  OpenidFinish,
  OpenidLinkFinish,
  OpenidProviderId,
  OpenidProviderList,
  OpenidStart,
  OpenidStarted,
} from './openid.ts';
export { type Page, PageQuery, pageOf } from './page.ts';
export {
  Passkey,
  PasskeyAssertion,
  PasskeyChallengeRequest,
  PasskeyCreate,
  PasskeyCreationOptions,
  PasskeyCredentialId,
  PasskeyEnrolmentRequest,
  PasskeyList,
  PasskeyProof,
  PasskeyRegistration,
  PasskeyRequestOptions,
  PasskeySecondFactorRequest,
  PasskeySignInRequest,
} from './passkeys.ts';
export {
  MedicalRecordNumber,
  Patient,
  PatientAccountLink,
  PatientCreate,
  PatientPage,
  PatientSearch,
  PatientUpdate,
} from './patients.ts';
export { Contacts, Gender, Identifier, normaliseSsn, PersonName, PostalAddress, Ssn } from './person.ts';
export { normalisePhone, PhoneNumber } from './phone.ts';
export { Practitioner, PractitionerPage } from './practitioners.ts';
export { Fault, Problem } from './problem.ts';
export { RegistrationCreate, RegistrationVerify } from './registrations.ts';
export { ClinicRole, PlatformRole, PurposeOfUse } from './roles.ts';
export {
  KnownDevice,
  KnownDeviceList,
  RecoveryCodes,
  SecondFactors,
  SecurityEvent,
  SecurityEventPage,
  TotpConfirm,
  TotpEnrolment,
} from './second-factor.ts';
export { Session, SessionList, SessionStatistics, SessionsEnded } from './sessions.ts';
export {
  EnrolmentBegin,
  EnrolmentConfirm,
  Reauthentication,
  SecondFactorKind,
  SecondFactorProof,
  SignInResult,
} from './sign-in.ts';
export { multiLine, passwordText, singleLine } from './text.ts';
export { BirthDate, DeathTime, Instant, IsoDate, liesInFuture } from './time.ts';
export { TokenKeyRotated, TokenKeyRotationRequest, TokenKeySet } from './token-keys.ts';
export {
  MeUpdate,
  PasswordChange,
  User,
  UserPage,
  UserRoles,
  UserStatus,
} from './users.ts';
