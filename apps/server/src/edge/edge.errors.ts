import { errorTable } from '@careward/kernel';

/** Refusals at the edge, before anybody asks who the caller is. */
export const edgeErrors = errorTable({
  'edge-overloaded': {
    category: 'unavailable',
    publicMessage: 'The server has as much work as it can take; try again.',
  },
  'edge-rate-limited': {
    category: 'rate-limited',
    publicMessage: 'Too many requests; wait for the time in Retry-After.',
  },
  'edge-url-too-long': {
    category: 'too-large',
    publicMessage: 'The address of the request is too long.',
  },
  'edge-url-unsafe': {
    category: 'invalid-input',
    publicMessage: 'The address of the request holds characters or escapes that are not accepted.',
  },
  'edge-query-repeated': {
    category: 'invalid-input',
    publicMessage: 'A query parameter is given more than once.',
  },
  'edge-credential-in-url': {
    category: 'invalid-input',
    publicMessage: 'Credentials are not accepted in the address; send them in a header.',
  },
  'edge-origin-refused': {
    category: 'forbidden',
    publicMessage: 'Requests of this kind are not accepted from that origin.',
  },
  'edge-body-unexpected': {
    category: 'invalid-input',
    publicMessage: 'A request of this method has no body.',
  },
  'edge-body-encoded': {
    category: 'unsupported-media',
    publicMessage: 'Bodies with a content encoding are not accepted.',
  },
});
