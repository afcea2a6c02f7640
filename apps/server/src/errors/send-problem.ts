import type { CarewardError } from '@careward/kernel';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { carewardErrorFrom } from './careward-error-from.ts';
import { PROBLEM_MEDIA_TYPE, type Problem, toProblem } from './problem.ts';

const answered = new WeakMap<FastifyRequest, CarewardError>();

/** The whole, private error that a request was answered with; undefined when it was not refused. For audit, log and metrics. */
export function answeredError(request: FastifyRequest): CarewardError | undefined {
  return answered.get(request);
}

/** What an answer carries besides the problem: how to authenticate, for one. */
export type ProblemHeaders = (error: CarewardError) => Readonly<Record<string, string>>;

/**
 * Answers a request with a problem and its headers. An answer that has begun cannot be taken back: its connection is cut, so
 * that half a body is never mistaken for a whole one.
 */
export function sendProblem(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  headersOf: ProblemHeaders = () => ({}),
): Problem {
  const known = carewardErrorFrom(error);
  answered.set(request, known);
  const problem = toProblem(known, request.id);
  if (reply.sent || reply.raw.headersSent) {
    reply.raw.destroy();
    return problem;
  }
  reply.headers(headersOf(known));
  setProblemHeaders(problem, reply);
  // The route's own serialiser describes its answers, not problems.
  reply.serializer((payload: unknown) => JSON.stringify(payload));
  reply.send(problem);
  return problem;
}

function setProblemHeaders(problem: Problem, reply: FastifyReply): void {
  reply.code(problem.status);
  reply.header('content-type', PROBLEM_MEDIA_TYPE);
  reply.header('cache-control', 'no-store');
  reply.removeHeader('content-length');
  if (problem.retryAfterSeconds !== undefined) {
    reply.header('retry-after', Math.max(1, Math.ceil(problem.retryAfterSeconds)));
  }
  // RFC 9110 section 15.5.2: a 401 names the way to authenticate.
  if (problem.status === 401 && !reply.hasHeader('www-authenticate'))
    reply.header('www-authenticate', 'Bearer');
}
