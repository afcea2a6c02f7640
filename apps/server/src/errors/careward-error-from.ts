// Turns whatever was thrown into a CarewardError.
//
// Defends callers from learning what libraries say: messages of Fastify, Nest and Node quote input, paths and versions, so only
// their kind is taken over and the text stays in the private cause. Anything unknown becomes `internal-error`.
import { CarewardError } from '@careward/kernel';
import { HttpException } from '@nestjs/common';
import { requestErrors } from './request.errors.ts';

type RequestErrorCode = keyof typeof requestErrors.codes;

const CODE_BY_FASTIFY: Readonly<Record<string, RequestErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request-media-type-unsupported',
  FST_ERR_CTP_BODY_TOO_LARGE: 'request-body-too-large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request-content-length-wrong',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request-json-malformed',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request-json-malformed',
  FST_ERR_VALIDATION: 'request-invalid',
  FST_ERR_BAD_URL: 'request-malformed',
  FST_ERR_MAX_PARAM_LENGTH: 'request-malformed',
  FST_ERR_NOT_FOUND: 'request-route-unknown',
  FST_ERR_ROUTE_METHOD_NOT_SUPPORTED: 'request-method-not-allowed',
};

const CODE_BY_STATUS: Readonly<Record<number, RequestErrorCode>> = {
  401: 'request-unauthenticated',
  403: 'request-forbidden',
  404: 'request-route-unknown',
  405: 'request-method-not-allowed',
  408: 'request-timeout',
  409: 'request-conflict',
  413: 'request-body-too-large',
  415: 'request-media-type-unsupported',
  422: 'request-invalid',
  429: 'request-rate-limited',
  431: 'request-header-too-large',
  503: 'request-unavailable',
};

/** A CarewardError stays what it is; a known foreign error gets its code; all else is `internal-error` with the cause kept. */
export function carewardErrorFrom(error: unknown): CarewardError {
  if (error instanceof CarewardError) return error;
  const nested = causeOf(error);
  if (error instanceof HttpException && nested instanceof CarewardError) return nested;
  return requestErrors.error(codeFor(error), { cause: error });
}

function codeFor(error: unknown): RequestErrorCode {
  const known =
    CODE_BY_FASTIFY[textField(error, 'code')] ?? CODE_BY_FASTIFY[textField(causeOf(error), 'code')];
  if (known) return known;
  const status = error instanceof HttpException ? error.getStatus() : numberField(error, 'statusCode');
  if (status === 400 && error instanceof SyntaxError) return 'request-json-malformed';
  if (status < 400 || (status >= 500 && status !== 503)) return 'internal-error';
  return CODE_BY_STATUS[status] ?? 'request-malformed';
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function textField(error: unknown, name: string): string {
  const value = field(error, name);
  return typeof value === 'string' ? value : '';
}

function numberField(error: unknown, name: string): number {
  const value = field(error, name);
  return typeof value === 'number' ? value : 500;
}

function field(error: unknown, name: string): unknown {
  return error instanceof Error && name in error ? Reflect.get(error, name) : undefined;
}
