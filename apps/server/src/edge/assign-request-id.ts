import { asRequestId, isUuid, newId, type RequestId } from '@careward/kernel';
import type { FastifyRequest, onRequestHookHandler } from 'fastify';
import { initialRequestState } from '../request-context/index.ts';

const LONGEST_AGENT = 200;

/** Fastify's `genReqId`: a fresh UUIDv7. An id that a client sends is never taken over: it could name another request's entries. */
export function generateRequestId(): RequestId {
  return newId<RequestId>();
}

/** Stage `request-id`: gives the request its id and its state, and tells the id in `X-Request-Id`. First of all hooks. */
export function assignRequestId(): onRequestHookHandler {
  return (request, reply, done) => {
    if (!isUuid(request.id)) request.id = generateRequestId();
    const requestId = asRequestId(request.id);
    request.careward = initialRequestState({ requestId, address: '', agent: agentOf(request) });
    reply.header('x-request-id', requestId);
    done();
  };
}

/** Control characters above 0x7f pass Node's parser; entries are shown in terminals. */
function agentOf(request: FastifyRequest): string {
  return request.headers['user-agent']?.slice(0, LONGEST_AGENT).replaceAll(/\p{Cc}/gu, '\uFFFD') ?? '';
}
