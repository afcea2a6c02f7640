import type { onSendHookHandler, preSerializationAsyncHookHandler } from 'fastify';
import type { RefusalRecorder } from './authorization/index.ts';
import { type Problem, toProblem } from './errors/index.ts';
import { type CarewardRequest, versionTag } from './request-context/index.ts';

/** Stage `refusal-audit`: a refusal leaves only after its audit entry is written; when it cannot be, the answer says so instead. */
export function recordRefusal(refusals: RefusalRecorder): preSerializationAsyncHookHandler<unknown> {
  return async (request, reply, payload) => {
    if (!isProblem(payload)) return payload;
    try {
      request.careward.refusal = payload.code;
      await refusals.record(request as CarewardRequest, payload);
      return payload;
    } catch (error) {
      const problem = toProblem(error, request.id);
      reply.code(problem.status).header('retry-after', problem.retryAfterSeconds ?? 5);
      return problem;
    }
  };
}

/** Stage `entity-tag`: what has a version carries it as its ETag (RFC 9110, 8.8.3), to be sent back in `If-Match`. */
export const setEntityTag: preSerializationAsyncHookHandler<unknown> = async (_request, reply, payload) => {
  const version =
    typeof payload === 'object' && payload !== null && 'version' in payload ? payload.version : undefined;
  if (reply.statusCode < 300 && typeof version === 'number') reply.header('etag', versionTag(version));
  return payload;
};

/**
 * Stage `last-answer`: a server that is stopping says that this was the connection's last answer (RFC 9112, 9.6). Otherwise a client or
 * a proxy sends its next request into a connection that closes.
 */
export function announceStop(health: { readonly isStopping: boolean }): onSendHookHandler {
  return (_request, reply, payload, done) => {
    if (health.isStopping) reply.header('connection', 'close');
    done(null, payload);
  };
}

function isProblem(payload: unknown): payload is Problem {
  return (
    typeof payload === 'object' &&
    payload !== null &&
    'code' in payload &&
    'type' in payload &&
    'status' in payload
  );
}
