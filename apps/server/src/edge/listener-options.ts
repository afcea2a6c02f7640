// How the listener treats connections.
//
// Defends against clients that hold connections without sending requests: slow headers, slow bodies, slow handshakes, idle
// connections, and against requests whose header or path is oversized. The limits stand inside `https` as well as beside it:
// Fastify hands only that object to Node. Does not bound the number of connections; the proxy or the system does.
import type { ServerOptions } from 'node:https';
import type { FastifyServerOptions } from 'fastify';
import type { Configuration } from '../config/index.ts';
import type { TlsMaterial } from '../connections/index.ts';
import { answerClientError, sendProblem } from '../errors/index.ts';
import { generateRequestId } from './assign-request-id.ts';

/** Time limits of a connection, in milliseconds. */
export interface ConnectionTimes {
  /** Until the header is complete. */
  readonly headersTimeout: number;
  /** Until the whole request is there. */
  readonly requestTimeout: number;
  /** How long an idle connection is kept for the next request. */
  readonly keepAliveTimeout: number;
  /** How often the two first are looked at. */
  readonly connectionsCheckingInterval: number;
}

const TIMES: ConnectionTimes = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
};
const HANDSHAKE_TIMEOUT_MS = 10_000;
const MAX_HEADER_BYTES = 16_384;
/** Stands for an address that no router can read; `rejectUnsafeUrl` refuses it like any other NUL. */
const UNREADABLE_URL = '/%00';

/** Options of Fastify and of Node's listener beneath it. */
export type ListenerOptions = FastifyServerOptions &
  ({ readonly https: ServerOptions } | { readonly http: ServerOptions });

/** Options for `new FastifyAdapter(...)` or `fastify(...)`. Without TLS material the listener speaks plain HTTP. */
export function listenerOptions(
  configuration: Pick<Configuration, 'limits' | 'import' | 'tls'>,
  tls: TlsMaterial | undefined,
  times: ConnectionTimes = TIMES,
): ListenerOptions {
  const connection = { ...times, maxHeaderSize: MAX_HEADER_BYTES, insecureHTTPParser: false };
  const { headersTimeout: _headers, ...fastifyTimes } = times;
  return {
    ...fastifyTimes,
    ...(tls
      ? { https: { ...connection, ...secure(tls, configuration.tls.minimumVersion) } }
      : { http: connection }),
    genReqId: generateRequestId,
    trustProxy: false,
    logger: false,
    bodyLimit: Math.max(configuration.limits.bodyBytes, configuration.import.bodyBytes),
    clientErrorHandler: answerClientError,
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    onProtoPoisoning: 'error',
    onConstructorPoisoning: 'error',
    forceCloseConnections: 'idle',
    // While stopping, what still arrives on an open connection is answered like any other request, and the connection closes after
    // it: Fastify's own 503 would leave before the first hook, without headers, id and form of a problem.
    return503OnClosing: false,
    // Both would be answered before the first hook, without headers and limits: see readableUrl.
    rewriteUrl: readableUrl,
    routerOptions: { maxParamLength: MAX_HEADER_BYTES, ignoreTrailingSlash: false, caseSensitive: true },
  };
}

/** Lets addresses that the router cannot decode take the way of all others, so that limits and headers hold for them. */
function readableUrl(request: { readonly url?: string | undefined }): string {
  const url = request.url ?? UNREADABLE_URL;
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
    return url;
  } catch {
    return UNREADABLE_URL;
  }
}

function secure(tls: TlsMaterial, minVersion: 'TLSv1.2' | 'TLSv1.3'): ServerOptions {
  return {
    cert: tls.certificate,
    key: tls.privateKey.reveal(),
    minVersion,
    ecdhCurve: 'X25519MLKEM768:X25519:P-256:P-384',
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    honorCipherOrder: true,
  };
}
