export {
  type CarewardRequest,
  initialRequestState,
  type RequestState,
  requireClinicContext,
  requirePrincipal,
} from './careward-request.ts';
export {
  ClinicContext,
  type ClinicGrant,
  type ClinicIdentity,
  type IdentityContext,
  type RowScope,
} from './clinic-context.ts';
export {
  anonymousContextOf,
  clinicIdentityOf,
  contextWithoutAccount,
  identityContextOf,
} from './identity-context.ts';
export { type PageRequest, pageErrors, pageRequest, toPage } from './page-request.ts';
export type { Membership, Principal } from './principal.ts';
export { isPurposeOfUse, type PurposeOfUse } from './purpose-of-use.ts';
export type { RequestOrigin } from './request-origin.ts';
export { expectedVersion, idempotencyKey, versionTag } from './write-options.ts';
