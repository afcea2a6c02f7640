// Which web origins may call the API.
//
// Defends against pages of foreign sites acting with what the browser adds by itself. Credentials travel in a header that
// browsers do not add, so this is the second line: a request that changes something and says that it comes from a foreign page
// is refused. Clients that are not browsers send no Origin and pass. Reading is left to CORS: without its headers the page does
// not get the answer.
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { edgeErrors } from './edge.errors.ts';

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
const PREFLIGHT_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers':
    'Authorization, Content-Type, DPoP, Idempotency-Key, If-Match, If-None-Match, X-Clinic-Id, X-Purpose-Of-Use',
  'access-control-max-age': '600',
};

/** Stage `origin`: answers preflights (204, or `edge-origin-refused`) and refuses foreign origins that want to change something. */
export function checkOrigin(corsOrigins: readonly string[]): onRequestHookHandler {
  const allowed = new Set(corsOrigins);
  return (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined) return done();
    const isAllowed = allowed.has(origin);
    if (isPreflight(request)) {
      if (!isAllowed) return done(edgeErrors.error('edge-origin-refused'));
      return void reply.headers(PREFLIGHT_HEADERS).code(204).send();
    }
    if (isAllowed || SAFE_METHODS.has(request.method) || isOwnOrigin(origin, request)) return done();
    return done(edgeErrors.error('edge-origin-refused'));
  };
}

function isPreflight(request: FastifyRequest): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}

/** A proxy in front has to keep the Host header; where it does not, the own origin belongs into the allowlist. */
function isOwnOrigin(origin: string, request: FastifyRequest): boolean {
  return URL.canParse(origin) && new URL(origin).host === request.headers.host?.toLowerCase();
}
