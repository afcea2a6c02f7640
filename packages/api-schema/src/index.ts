/** The requests and answers of the API, for the server, the CLI and the console. Each schema is also a type of the same name. */
export { AccessLogItem, AccessLogPage, AccessOutcome, InclusionProof, LedgerEntry } from './access-log.ts';
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
export { Clinic, ClinicCreate, ClinicPage } from './clinics.ts';
export { EmailAddress, normaliseEmail } from './email.ts';
export { Uuid } from './ids.ts';
export { ImportRefusal, ImportReport } from './imports.ts';
export { LedgerConsistency, LedgerConsistencyQuery } from './ledger.ts';
export {
  MedicalRecord,
  MedicalRecordCorrection,
  MedicalRecordCreate,
  MedicalRecordPage,
  MedicalRecordVersion,
  MedicalRecordVersionPage,
} from './medical-records.ts';
export { type Page, PageQuery, pageOf } from './page.ts';
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
export { ClinicRole, PlatformRole, PurposeOfUse } from './roles.ts';
export { multiLine, passwordText, singleLine } from './text.ts';
export { BirthDate, DeathTime, Instant, IsoDate, liesInFuture } from './time.ts';
export { JoinCode, PasswordChange, User, UserCreate, UserJoin, UserPage } from './users.ts';
