import type { TokenResponse } from '@careward/api-schema';
import { stringifySetCookie } from 'cookie';
import type { FastifyReply } from 'fastify';
import type { Principal } from '../../request-context/index.ts';
import type { ClientBinding, StartedSession } from '../sessions/session-types.ts';
import { ACCESS_COOKIE, REFRESH_COOKIE } from './credentials.ts';

/** Whatever answers a sign-in or a refresh; tokens are there when somebody is signed in. `refreshExpiresIn` in seconds. */
interface WithTokens {
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  readonly refreshExpiresIn?: number | undefined;
}

/**
 * Hands tokens to their client: API clients get them as they are, browsers as cookies that no script can read. Both cookies live as long
 * as the session may: the access token inside ends by itself, and a page that still shows an ended one is told so, and refreshes.
 */
export function deliverSession<T extends WithTokens>(
  reply: FastifyReply,
  { kind }: Pick<ClientBinding, 'kind'>,
  answer: T,
): T {
  const { accessToken, refreshToken, refreshExpiresIn = 0 } = answer;
  if (kind === 'api' || accessToken === undefined || refreshToken === undefined) return answer;
  setCookie(reply, ACCESS_COOKIE, accessToken, refreshExpiresIn);
  setCookie(reply, REFRESH_COOKIE, refreshToken, refreshExpiresIn);
  return { ...answer, accessToken: undefined, refreshToken: undefined };
}

/** Hands over the tokens of a session that takes another one's place, as that one's were. */
export function deliverRenewal(
  reply: FastifyReply,
  { client }: Pick<Principal, 'client'>,
  { sessionId: _own, ...tokens }: StartedSession,
): TokenResponse {
  return deliverSession<TokenResponse>(reply, { kind: client }, tokens);
}

/** Takes a browser's cookies away. */
export function withdrawSession(reply: FastifyReply): void {
  setCookie(reply, ACCESS_COOKIE, '', 0);
  setCookie(reply, REFRESH_COOKIE, '', 0);
}

/** Sets a cookie of `maxAge` seconds that only this host sees, only over TLS, and that no script and no foreign page can use. Adds to those set before. */
export function setCookie(reply: FastifyReply, name: string, value: string, maxAge: number): void {
  const attributes = { httpOnly: true, secure: true, sameSite: 'strict', path: '/' } as const;
  reply.header('set-cookie', stringifySetCookie({ name, value, maxAge, ...attributes }));
}
