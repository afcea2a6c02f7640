import { createHash, randomBytes } from 'node:crypto';
import { isUuid, type SessionId } from '@careward/kernel';
import { decodeCanonicalBase64Url } from './base64url.ts';

const SECRET_BYTES = 32;

/** A refresh token: opaque to its holder, `<session id>.<256-bit secret>`; only the hash of the secret is stored. */
export interface RefreshToken {
  readonly token: string;
  readonly hash: string;
}

/** A new refresh token of a session. */
export function createRefreshToken(sessionId: SessionId): RefreshToken {
  const secret = randomBytes(SECRET_BYTES);
  return { token: `${sessionId}.${secret.toString('base64url')}`, hash: hashOf(secret) };
}

/** The session and secret hash that a refresh token names, or undefined when it is not one. */
export function parseRefreshToken(token: string): { sessionId: SessionId; hash: string } | undefined {
  const [sessionId, encoded, ...rest] = token.split('.');
  if (sessionId === undefined || encoded === undefined || rest.length > 0 || !isUuid(sessionId))
    return undefined;
  const secret = decodeCanonicalBase64Url(encoded);
  if (secret?.length !== SECRET_BYTES) return undefined;
  return { sessionId: sessionId as SessionId, hash: hashOf(secret) };
}

function hashOf(secret: Buffer): string {
  return createHash('sha256').update(secret).digest('base64url');
}
