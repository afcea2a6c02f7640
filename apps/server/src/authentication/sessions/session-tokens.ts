import type { SessionRecord } from '../../connections/index.ts';
import type { SessionBody } from './session-body.ts';
import type { SessionParts } from './session-parts.ts';
import type { StartedSession } from './session-types.ts';

/**
 * The tokens of a session, for its holder. The refresh token is good for what is left of the session's life, which no refresh makes
 * longer.
 */
export function issueTokens(
  { tokens, clock }: SessionParts,
  {
    accountId,
    sessionId,
    absoluteExpiresAt,
  }: Pick<SessionRecord, 'accountId' | 'sessionId' | 'absoluteExpiresAt'>,
  { keyThumbprint, clinicId }: Pick<SessionBody, 'keyThumbprint' | 'clinicId'>,
  refreshToken: string,
): StartedSession {
  const access = tokens.issue({ accountId, sessionId, clinicId, keyThumbprint });
  return {
    sessionId,
    accessToken: access.token,
    tokenType: keyThumbprint === null ? 'Bearer' : 'DPoP',
    expiresIn: access.expiresIn,
    refreshToken,
    refreshExpiresIn: Math.max(0, Math.floor((absoluteExpiresAt - clock.now()) / 1_000)),
  };
}
