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
  /** How the person proved themselves (RFC 8176), and when for the last time in epoch milliseconds. */
  readonly methods: readonly string[];
  readonly provenAt: number;
  /** The session looks as if somebody else might have it: little is allowed until its person proves themselves again. */
  readonly needsProof: boolean;
  /** RFC 7638 thumbprint of the key that the session is bound to; null for a plain bearer client. */
  readonly keyThumbprint: string | null;
  /** `browser`: the tokens travel in cookies. */
  readonly client: 'api' | 'browser';
}
