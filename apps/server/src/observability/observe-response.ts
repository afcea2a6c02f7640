import type { FastifyReply, FastifyRequest, onResponseHookHandler } from 'fastify';
import { answeredError } from '../errors/index.ts';
import type { RequestState } from '../request-context/index.ts';
import type { LoggingService } from './logging.service.ts';
import type { Metrics } from './metrics.ts';
import { requestFields } from './request-fields.ts';

/** Fastify `onResponse` hook: one log line and one observation a request, by the route's pattern and never by its address. */
export function observeResponse(logging: LoggingService, metrics: Metrics): onResponseHookHandler {
  return (request, reply, done) => {
    const route = routePattern(request);
    const { method } = request;
    metrics.requestSeconds.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1_000);
    const refusal = answeredError(request)?.code;
    if (refusal !== undefined) metrics.refusals.inc({ code: refusal });
    logging.info('SYSTEM', 'request', { ...fieldsOf(request, reply), method, route });
    done();
  };
}

function fieldsOf(request: FastifyRequest, reply: FastifyReply) {
  // A request that was refused before the first stage has no state.
  const state = request.careward as RequestState | undefined;
  return {
    ...(state && requestFields(state)),
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime * 10) / 10,
    code: answeredError(request)?.code ?? null,
  };
}

/** Addresses without a route share one name: a scanner must not be able to make up series. */
function routePattern(request: FastifyRequest): string {
  return request.is404 ? '*' : (request.routeOptions.url ?? '*');
}
