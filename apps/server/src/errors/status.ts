import type { ErrorCategory } from '@careward/kernel';

const STATUS_BY_CATEGORY: Readonly<Record<ErrorCategory, number>> = {
  'invalid-input': 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  conflict: 409,
  'precondition-failed': 412,
  'too-large': 413,
  'unsupported-media': 415,
  unprocessable: 422,
  'precondition-required': 428,
  'rate-limited': 429,
  internal: 500,
  unavailable: 503,
};

/** Codes for which HTTP has a more exact status than their category (RFC 9110 15.5.9, 15.5.15; RFC 6585 5). */
const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  'request-timeout': 408,
  'edge-url-too-long': 414,
  'request-header-too-large': 431,
};

/** The HTTP status of an error: the only place where one is chosen. */
export function statusOf({
  code,
  category,
}: {
  readonly code: string;
  readonly category: ErrorCategory;
}): number {
  return STATUS_BY_CODE[code] ?? STATUS_BY_CATEGORY[category];
}
