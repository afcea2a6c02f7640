import { STATUS_CODES } from 'node:http';
import type { CarewardError, Fault } from '@careward/kernel';
import { carewardErrorFrom } from './careward-error-from.ts';
import { requestErrors } from './request.errors.ts';
import { statusOf } from './status.ts';

/** Media type of {@link Problem} (RFC 9457 section 3). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

/** What a caller learns about an error (RFC 9457). `type` is a URI reference to the page about `code`. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  /** Fixed text of the code; never holds input. */
  readonly detail: string;
  /** Names this one occurrence: the request id as a URN. */
  readonly instance: string;
  readonly faults?: readonly Fault[];
  readonly retryAfterSeconds?: number;
}

/**
 * The public half of any error. Whatever is internal becomes `internal-error`, whatever its own code: a 500 tells nothing but
 * the reference to find it by.
 */
export function toProblem(error: unknown, requestId: string): Problem {
  const known = publicError(carewardErrorFrom(error));
  const status = statusOf(known);
  return {
    type: `/docs/errors/${known.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: known.code,
    detail: known.publicMessage,
    instance: `urn:uuid:${requestId}`,
    ...(known.faults && { faults: known.faults.map(({ path, message }) => ({ path, message })) }),
    ...(known.retryAfterSeconds !== undefined && { retryAfterSeconds: known.retryAfterSeconds }),
  };
}

function publicError(error: CarewardError): CarewardError {
  return error.category === 'internal' ? requestErrors.error('internal-error') : error;
}
