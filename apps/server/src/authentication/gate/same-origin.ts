// Requests that a browser sends with cookies have to come from our own pages.
//
// Defends: cross-site request forgery, by what browsers say of a request and no page can forge (Sec-Fetch-Site; Origin where an old
// browser sends no Sec-Fetch-Site). SameSite=Strict on the cookies and the DPoP proof are two more lines.
import type { IncomingHttpHeaders } from 'node:http';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request with cookies may be believed. `none` is the person's own address bar: it may read, not change. */
export function isSameOrigin(method: string, headers: IncomingHttpHeaders, publicOrigin: string): boolean {
  const site = headers['sec-fetch-site'];
  if (site === 'same-origin') return true;
  if (site === 'none') return SAFE_METHODS.has(method);
  return site === undefined && headers.origin === publicOrigin;
}
