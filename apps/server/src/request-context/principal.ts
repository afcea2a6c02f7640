import type { Role } from '@careward/access-policy';
import type { AccountId, ClinicId, SessionId } from '@careward/kernel';

/** The roles that a person holds in one clinic. */
export interface Membership {
  readonly clinicId: ClinicId;
  readonly roles: readonly Role[];
}

/** Who acts: an account with a live session. Built by authentication only, from the session and never from the token's own words. */
export interface Principal {
  readonly accountId: AccountId;
  readonly sessionId: SessionId;
  readonly platformRole: 'SUPER_ADMIN' | null;
  readonly memberships: readonly Membership[];
  /** The clinic that the access token names: one of the five sources that may ask for a clinic, never a grant. */
  readonly tokenClinicId: ClinicId | null;
}
