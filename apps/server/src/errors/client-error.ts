// Answers for bytes that never became a request.
//
// Defends against slow and malformed clients getting Node's default answer or holding a socket open. Runs before any hook, so
// there is no request id of a request: each answer has one of its own. Does not decide what counts as slow; the timeouts do.
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '@careward/kernel';
import { PROBLEM_MEDIA_TYPE, toProblem } from './problem.ts';
import { requestErrors } from './request.errors.ts';

/** Fastify's `clientErrorHandler`: one problem+json answer, then the connection is closed. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const problem = toProblem(requestErrors.error(codeFor(error.code)), newId());
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nContent-Type: ${PROBLEM_MEDIA_TYPE}\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroySoon(),
  );
}

function codeFor(code: string | undefined): keyof typeof requestErrors.codes {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request-timeout';
  return code === 'HPE_HEADER_OVERFLOW' ? 'request-header-too-large' : 'request-malformed';
}
