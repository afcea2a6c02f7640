import { edgeErrors } from './edge.errors.ts';

type UrlRefusal = keyof typeof edgeErrors.codes | undefined;

/** What is asked of an address. */
export interface UrlRules {
  readonly maxCharacters: number;
  /** Parameters that may be given several times, as FHIR searches do. */
  readonly repeatable: ReadonlySet<string>;
}

/** Names under which credentials are put into addresses. Compared without case, hyphens and underscores. */
const CREDENTIAL_NAMES: ReadonlySet<string> = new Set([
  'accesstoken',
  'apikey',
  'assertion',
  'auth',
  'authorization',
  'authtoken',
  'bearer',
  'clientsecret',
  'credential',
  'credentials',
  'idtoken',
  'jwt',
  'passwd',
  'password',
  'pwd',
  'refreshtoken',
  'secret',
  'session',
  'sessionid',
  'sid',
  'token',
]);

const POLLUTING_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The code of the refusal that an address deserves; undefined when there is none. `url`: path and query as received. */
export function urlRefusal(url: string, rules: UrlRules): UrlRefusal {
  if (url.length > rules.maxCharacters) return 'edge-url-too-long';
  // Printable ASCII only (RFC 3986 section 2); a fragment or backslash never leaves an honest client.
  if (!/^\/[\x21-\x7e]*$/.test(url) || /[\\#<>"`{}|^]/.test(url)) return 'edge-url-unsafe';
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  return pathRefusal(path) ?? queryRefusal(queryAt < 0 ? '' : url.slice(queryAt + 1), rules);
}

/**
 * Escapes that another part could undo differently: separators, NUL and other controls, dots, and escapes of escapes.
 * Ids and words need none of them.
 */
function pathRefusal(path: string): UrlRefusal {
  if (/%(?:2f|5c|25|2e|7f|[01][0-9a-f])/i.test(path)) return 'edge-url-unsafe';
  if (path.includes('//') || /\/\.{1,2}(?:\/|$)/.test(path)) return 'edge-url-unsafe';
  return undefined;
}

function queryRefusal(query: string, rules: UrlRules): UrlRefusal {
  if (query === '') return undefined;
  const seen = new Set<string>();
  for (const pair of query.split('&')) {
    const name = decoded(pair.split('=', 1)[0] ?? '');
    const value = decoded(pair.slice(pair.indexOf('=') + 1));
    const refusal = parameterRefusal(name, value);
    if (refusal) return refusal;
    if (name === undefined) continue;
    if (seen.has(name) && !rules.repeatable.has(name)) return 'edge-query-repeated';
    seen.add(name);
  }
  return undefined;
}

function parameterRefusal(name: string | undefined, value: string | undefined): UrlRefusal {
  if (name === undefined || value === undefined) return 'edge-url-unsafe';
  if (hasControls(name) || hasControls(value)) return 'edge-url-unsafe';
  // `a[b]` and `a.b` reach nested objects in other parsers; the outermost name decides.
  const outermost = name.split(/[[.]/, 1)[0] ?? '';
  if (POLLUTING_NAMES.has(outermost)) return 'edge-url-unsafe';
  return CREDENTIAL_NAMES.has(outermost.toLowerCase().replaceAll(/[-_]/g, ''))
    ? 'edge-credential-in-url'
    : undefined;
}

/** Undefined when an escape means nothing or is no UTF-8. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

function hasControls(text: string): boolean {
  return /\p{Cc}/u.test(text);
}
