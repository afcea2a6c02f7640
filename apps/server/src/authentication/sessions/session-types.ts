import type { AccountId, SessionId } from '@careward/kernel';
import type { RequestOrigin } from '../../request-context/index.ts';

/**
 * How a person proved themselves (RFC 8176 authentication method references): password, one-time password, recovery code, key in
 * hardware, presence or verification of the user by that key, another identity provider, several factors at that
 * provider, a token of an older system.
 */
export type AuthenticationMethod = 'pwd' | 'otp' | 'rcv' | 'hwk' | 'user' | 'fed' | 'mfa' | 'legacy';

/** A person who has just proved who they are. */
export interface ProvenPerson {
  readonly accountId: AccountId;
  readonly methods: readonly AuthenticationMethod[];
}

/** A device that has signed in before; see `known_device`. */
export type DeviceId = string & { readonly __device: unique symbol };

/** The client at the other end of a sign-in. */
export interface ClientBinding {
  readonly origin: RequestOrigin;
  /** RFC 7638 thumbprint of the key whose proof came along and was checked (RFC 9449 `jkt`); null for a plain bearer client. */
  readonly keyThumbprint: string | null;
  /** `browser`: tokens travel in cookies that no script can read. */
  readonly kind: 'api' | 'browser';
  /** The clinic that the token shall name; a wish, not a right. */
  readonly clinicId: string | undefined;
  readonly device: DeviceId | null;
}

/** A session as its holder gets it. Lifetimes in seconds. */
export interface StartedSession {
  readonly sessionId: SessionId;
  readonly accessToken: string;
  readonly tokenType: 'DPoP' | 'Bearer';
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly refreshExpiresIn: number;
}

/** A second factor beside a first one, or a key that has verified its person (NIST SP 800-63B-4, 3.1.7). */
export function provesTwoFactors(methods: readonly AuthenticationMethod[]): boolean {
  const has = (...wanted: readonly AuthenticationMethod[]) => wanted.some((each) => methods.includes(each));
  return (has('pwd', 'fed') && has('otp', 'rcv', 'hwk', 'mfa')) || (has('hwk') && has('user'));
}
