import type { AccountId, ClinicId, SessionId } from '@careward/kernel';

/** The field that an event belongs to. */
export type EventCategory = 'AUTHENTICATION' | 'AUTHORIZATION' | 'ACCOUNT' | 'OPERATION';

/** How soon somebody should look. `CRITICAL`: at once. */
export type EventPriority = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';

/** Everything that can be told, with what it tells. Ids and codes only: an event never carries PHI, credentials or free text. */
export interface EventDetails {
  'authentication.succeeded': { readonly accountId: AccountId; readonly sessionId: SessionId };
  'authentication.failed': { readonly accountId: AccountId | null; readonly code: string };
  'authentication.locked': { readonly failures: number };
  'authentication.refresh-reused': { readonly sessionId: SessionId };
  /** A passkey whose counter went back: its key may have been copied. */
  'authentication.passkey-copied': { readonly accountId: AccountId };
  'session.ended': { readonly sessionId: SessionId };
  /** `reasons`: codes of what looked as if somebody else had the session. */
  'session.suspicious': {
    readonly accountId: AccountId;
    readonly sessionId: SessionId;
    readonly reasons: readonly string[];
  };
  /** Every session of everybody was ended. */
  'platform.sessions-revoked': Readonly<Record<string, never>>;
  'account.sessions-revoked': AccountDetails;
  'account.password-changed': AccountDetails;
  /** Authenticator app, passkeys or recovery codes. */
  'account.factors-changed': AccountDetails;
  /** Identities of other providers that open the account. */
  'account.identities-changed': AccountDetails;
  'account.roles-changed': AccountDetails;
  /** Enabled, disabled or deleted. */
  'account.status-changed': AccountDetails;
  /** Another key signs access tokens; `withdrawn`: nothing that was signed before counts. */
  'token-key.rotated': { readonly keyId: string; readonly withdrawn: boolean };
  'authorization.refused': {
    readonly accountId: AccountId | null;
    readonly clinicId: ClinicId | null;
    readonly code: string;
  };
  'tenancy.refused': { readonly accountId: AccountId | null; readonly code: string };
  'limits.local': { readonly isLocal: boolean };
}

interface AccountDetails {
  readonly accountId: AccountId;
}

/** The name of an event. */
export type EventType = keyof EventDetails;

/** The name of an event that tells of one account and nothing else. */
export type AccountEvent = Extract<EventType, `account.${string}`>;

interface EventKind {
  readonly category: EventCategory;
  readonly priority: EventPriority;
}

/** Category and priority are part of what an event is, not of who tells it. */
export const EVENT_KINDS: Readonly<Record<EventType, EventKind>> = {
  'authentication.succeeded': { category: 'AUTHENTICATION', priority: 'LOW' },
  'authentication.failed': { category: 'AUTHENTICATION', priority: 'MEDIUM' },
  'authentication.locked': { category: 'AUTHENTICATION', priority: 'HIGH' },
  'authentication.refresh-reused': { category: 'AUTHENTICATION', priority: 'HIGH' },
  'authentication.passkey-copied': { category: 'AUTHENTICATION', priority: 'HIGH' },
  'session.suspicious': { category: 'AUTHENTICATION', priority: 'HIGH' },
  'session.ended': { category: 'AUTHENTICATION', priority: 'LOW' },
  'platform.sessions-revoked': { category: 'ACCOUNT', priority: 'HIGH' },
  'account.sessions-revoked': { category: 'ACCOUNT', priority: 'MEDIUM' },
  'account.password-changed': { category: 'ACCOUNT', priority: 'MEDIUM' },
  'account.factors-changed': { category: 'ACCOUNT', priority: 'MEDIUM' },
  'account.identities-changed': { category: 'ACCOUNT', priority: 'MEDIUM' },
  'account.roles-changed': { category: 'ACCOUNT', priority: 'MEDIUM' },
  'account.status-changed': { category: 'ACCOUNT', priority: 'MEDIUM' },
  'token-key.rotated': { category: 'OPERATION', priority: 'MEDIUM' },
  'authorization.refused': { category: 'AUTHORIZATION', priority: 'MEDIUM' },
  'tenancy.refused': { category: 'AUTHORIZATION', priority: 'HIGH' },
  'limits.local': { category: 'OPERATION', priority: 'HIGH' },
};
