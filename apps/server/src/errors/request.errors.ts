import { errorTable } from '@careward/kernel';

/** Errors of a request as HTTP, before any room knows it; also what foreign exceptions are turned into. */
export const requestErrors = errorTable({
  'request-malformed': {
    category: 'invalid-input',
    publicMessage: 'The request could not be understood.',
  },
  'request-invalid': {
    category: 'invalid-input',
    publicMessage: 'The request has fields that are missing, unknown or of the wrong form.',
  },
  'request-json-malformed': {
    category: 'invalid-input',
    publicMessage: 'The body is not acceptable JSON.',
  },
  'request-content-length-wrong': {
    category: 'invalid-input',
    publicMessage: 'The length of the body differs from its Content-Length.',
  },
  'request-timeout': {
    category: 'invalid-input',
    publicMessage: 'The request did not arrive in time.',
  },
  'request-header-too-large': {
    category: 'too-large',
    publicMessage: 'The header fields of the request are too large.',
  },
  'request-body-too-large': {
    category: 'too-large',
    publicMessage: 'The body is larger than this route accepts.',
  },
  'request-media-type-unsupported': {
    category: 'unsupported-media',
    publicMessage: 'This route does not accept that media type.',
  },
  'request-unauthenticated': {
    category: 'unauthenticated',
    publicMessage: 'Sign in to use this route.',
  },
  'request-forbidden': {
    category: 'forbidden',
    publicMessage: 'The request is not permitted.',
  },
  'request-route-unknown': {
    category: 'not-found',
    publicMessage: 'There is nothing at this address.',
  },
  'request-method-not-allowed': {
    category: 'method-not-allowed',
    publicMessage: 'This address does not take that method.',
  },
  'request-conflict': {
    category: 'conflict',
    publicMessage: 'The request conflicts with the present state.',
  },
  'request-rate-limited': {
    category: 'rate-limited',
    publicMessage: 'Too many requests; wait and try again.',
  },
  'request-unavailable': {
    category: 'unavailable',
    publicMessage: 'The service cannot answer at the moment; try again.',
  },
  'internal-error': {
    category: 'internal',
    publicMessage: 'The request could not be completed. Support can find it by its instance.',
  },
});
