// The one exit for errors of the HTTP application.
//
// Defends against answers that leak: stack traces, library messages, SQL, input echoed back, and status codes chosen ad hoc.
// Errors of Fastify hooks, of routes that do not exist and of Nest's own exceptions all pass here. Does not write the audit
// entry of a refusal; the pipeline's response hook does, told through the reporter.
import { type CarewardError } from '@careward/kernel';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { carewardErrorFrom } from './careward-error-from.ts';
import { type ProblemHeaders, sendProblem } from './send-problem.ts';

/** One error on its way out. `error` is the whole, private error: log it, count it, never send it. */
export interface ProblemReport {
  readonly error: CarewardError;
  readonly status: number;
  readonly request: FastifyRequest;
}

/** Hears of every error that is answered. What it throws is ignored: reporting never changes the answer. */
export type ProblemReporter = (report: ProblemReport) => void;

/** Answers every exception of the HTTP application as problem+json; passes exceptions of other transports on. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #report: ProblemReporter;
  readonly #headersOf: ProblemHeaders;

  constructor(report: ProblemReporter = () => undefined, headersOf: ProblemHeaders = () => ({})) {
    this.#report = report;
    this.#headersOf = headersOf;
  }

  catch(exception: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw exception;
    const http = host.switchToHttp();
    this.answer(exception, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  /** The same for Fastify's own handlers: `setErrorHandler`, `setNotFoundHandler`, `frameworkErrors`. */
  answer(exception: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const error = carewardErrorFrom(exception);
    const { status } = sendProblem(error, request, reply, this.#headersOf);
    try {
      this.#report({ error, status, request });
    } catch {
      // The answer is out already, and a reporter that fails has nobody left to tell.
    }
  }
}
