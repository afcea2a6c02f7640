// Headers that make browsers treat the API's answers as data and nothing else.
//
// Defends against answers being framed, sniffed into scripts, cached on shared machines, read by foreign origins, or fetched
// without TLS. Set before anything can refuse, so that refusals carry them as well. Does not cover pages: whatever serves HTML
// sets its own policy over this one.
import type { FastifyReply, onRequestHookHandler } from 'fastify';

/** What the headers depend on. */
export interface SecurityHeaderOptions {
  readonly hasTls: boolean;
  readonly isProduction: boolean;
  /** Origins that may read answers. */
  readonly corsOrigins: readonly string[];
}

/** Headers that a page of an allowed origin may read. */
const EXPOSED =
  'DPoP-Nonce, ETag, Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id';

const ALWAYS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'x-permitted-cross-domain-policies': 'none',
  'cache-control': 'no-store',
};

/** Two years with subdomains in production; an hour in development, where the name is `localhost` and others use it as well. */
const HSTS = { production: 'max-age=63072000; includeSubDomains', development: 'max-age=3600' };

/** Stage `security-headers`. */
export function setSecurityHeaders(options: SecurityHeaderOptions): onRequestHookHandler {
  const headers = {
    ...ALWAYS,
    ...(options.hasTls && {
      'strict-transport-security': options.isProduction ? HSTS.production : HSTS.development,
    }),
  };
  const allowed = new Set(options.corsOrigins);
  return (request, reply, done) => {
    reply.headers(headers);
    if (allowed.size > 0) reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin !== undefined && allowed.has(origin)) setCorsHeaders(reply, origin);
    done();
  };
}

function setCorsHeaders(reply: FastifyReply, origin: string): void {
  reply.header('access-control-allow-origin', origin);
  reply.header('access-control-expose-headers', EXPOSED);
}
