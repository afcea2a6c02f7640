// How much, and what kind of, body a route reads.
//
// Defends memory and parsers: length and type are judged before the first byte is read, bodies without a declared length are
// counted while they arrive, compressed bodies are refused, and methods without a meaning for a body get none (RFC 9110 section
// 9.3.1), which also ends a class of request smuggling. A body longer than ordinary ones, as an import may have it, is read for a
// living session only, and few at once. Does not look into the body.
import { type Readable, Transform } from 'node:stream';
import type { FastifyReply, FastifyRequest, preParsingHookHandler, RequestPayload } from 'fastify';
import { requestErrors } from '../errors/index.ts';
import type { Admission } from './admission.ts';
import type { BodyRule } from './body-rule.ts';
import { edgeErrors } from './edge.errors.ts';

/** Limits in bytes. Fastify's own `bodyLimit` has to be the larger of the two. */
export interface BodyLimits {
  readonly ordinaryBytes: number;
  readonly importBytes: number;
}

/** Who may send bodies that are longer than ordinary ones. */
export interface LargeBodies {
  /** Rejects unless a living session stands behind the request. */
  readonly requireSession: (request: FastifyRequest) => Promise<unknown>;
  /** Places for large bodies in memory. Given back by `settleRequest`. */
  readonly admission: Admission;
}

const RETRY_AFTER_SECONDS = 5;
const BODYLESS_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);
const ORDINARY_TYPES: readonly string[] = ['application/json'];

/** Stage `body-limit`, a `preParsing` hook. Routes say what they take with {@link AcceptsBody}. */
export function limitBody(limits: BodyLimits, large: LargeBodies): preParsingHookHandler {
  return (request, reply, payload, done) => {
    if (!hasBody(request)) return done(null, payload);
    const rule = request.routeOptions.config.body ?? {};
    const maximum = rule.size === 'import' ? limits.importBytes : limits.ordinaryBytes;
    const refusal = bodyRefusal(request, rule, maximum);
    if (refusal) return done(refusal);
    const read = () => done(null, isLengthKnown(request) ? payload : counted(payload, maximum));
    if (maximum <= limits.ordinaryBytes || !mayBeLonger(request, limits.ordinaryBytes)) return read();
    return void admitLarge(large, request, reply).then(read, done);
  };
}

async function admitLarge(
  { requireSession, admission }: LargeBodies,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  await requireSession(request);
  if (!admission.enter(request)) {
    throw edgeErrors.error('edge-overloaded', { retryAfterSeconds: RETRY_AFTER_SECONDS });
  }
  reply.raw.once('close', () => admission.closed(request, reply.raw.writableEnded));
}

function bodyRefusal(request: FastifyRequest, rule: BodyRule, maximum: number) {
  if (BODYLESS_METHODS.has(request.method)) return edgeErrors.error('edge-body-unexpected');
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    return edgeErrors.error('edge-body-encoded');
  if (!(rule.mediaTypes ?? ORDINARY_TYPES).includes(mediaTypeOf(request))) {
    return requestErrors.error('request-media-type-unsupported');
  }
  if (Number(request.headers['content-length'] ?? 0) > maximum)
    return requestErrors.error('request-body-too-large');
  return undefined;
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function mayBeLonger(request: FastifyRequest, bytes: number): boolean {
  return !isLengthKnown(request) || Number(request.headers['content-length'] ?? 0) > bytes;
}

function isLengthKnown({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] === undefined;
}

function mediaTypeOf({ headers }: FastifyRequest): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** Passes the body on and fails as soon as it is longer than allowed. */
function counted(payload: RequestPayload, maximum: number): RequestPayload {
  let received = 0;
  const counter: Transform & { receivedEncodedLength?: number } = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      counter.receivedEncodedLength = received;
      done(received > maximum ? requestErrors.error('request-body-too-large') : null, chunk);
    },
  });
  payload.on('error', (error: Error) => counter.destroy(error));
  return (payload as Readable).pipe(counter);
}
