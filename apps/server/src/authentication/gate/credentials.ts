// Where a request may carry its access token.
//
// Defends: tokens in URLs (never looked for there), two tokens that disagree, and a header whose meaning parsers see differently.
import type { IncomingHttpHeaders } from 'node:http';
import { parseCookie } from 'cookie';

/** The cookie that carries a browser's access token. The prefix binds it to this host over TLS (RFC 6265bis, 4.1.3.2). */
export const ACCESS_COOKIE = '__Host-careward-access';
/** The cookie that carries a browser's refresh token. */
export const REFRESH_COOKIE = '__Host-careward-refresh';

/** What a request says of who sends it. `several`: more than one token, or a header that is none of the schemes. */
export type Credential =
  | { readonly scheme: 'none' }
  | { readonly scheme: 'several' }
  | { readonly scheme: 'bearer' | 'dpop' | 'cookie'; readonly token: string };

/** Reads `Authorization: Bearer` (RFC 6750, 2.1), `Authorization: DPoP` (RFC 9449, 7.1) or the cookie; both together are `several`. */
export function readCredential(headers: IncomingHttpHeaders): Credential {
  const cookie = readCookie(headers, ACCESS_COOKIE);
  const { authorization } = headers;
  if (authorization === undefined) {
    return cookie === undefined ? { scheme: 'none' } : { scheme: 'cookie', token: cookie };
  }
  const match = /^(Bearer|DPoP) ([A-Za-z0-9._~+/=-]+)$/i.exec(authorization);
  if (cookie !== undefined || match?.[1] === undefined || match[2] === undefined)
    return { scheme: 'several' };
  return { scheme: match[1].toLowerCase() === 'dpop' ? 'dpop' : 'bearer', token: match[2] };
}

/** The value of a cookie; undefined when there is none or more than one of that name. */
export function readCookie(headers: IncomingHttpHeaders, name: string): string | undefined {
  const header = headers.cookie;
  if (header === undefined || header.split(`${name}=`).length !== 2) return undefined;
  return parseCookie(header)[name];
}
