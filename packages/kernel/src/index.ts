/** The kernel: what every other package and app stands on. Imports nothing but Node's own modules. */
export { type Clock, systemClock } from './clock.ts';
export { equalInConstantTime } from './constant-time.ts';
export {
  CarewardError,
  type ErrorCategory,
  type ErrorDefinition,
  type ErrorExtra,
  type ErrorTable,
  errorTable,
  type Fault,
  type PublicError,
} from './errors.ts';
export {
  type AccountId,
  asAccountId,
  asClinicId,
  asId,
  asPatientId,
  asRecordId,
  asRequestId,
  asSessionId,
  type Brand,
  type ClinicId,
  isUuid,
  newId,
  type PatientId,
  type RecordId,
  type RequestId,
  type SessionId,
} from './ids.ts';
export { kernelErrors } from './kernel.errors.ts';
export { Phi } from './phi.ts';
export { Secret } from './secret.ts';
