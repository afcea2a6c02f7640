import { errorTable } from '@careward/kernel';

/** Errors of the session and limit stores. */
export const storeErrors = errorTable({
  'session-store-unavailable': {
    category: 'unavailable',
    publicMessage: 'Sessions cannot be checked at the moment; try again.',
  },
  'session-store-full': {
    category: 'unavailable',
    publicMessage: 'No more sessions can be started at the moment; try again.',
  },
  'session-already-exists': {
    category: 'internal',
    publicMessage: 'The session could not be started.',
  },
  'store-evicts': {
    category: 'internal',
    publicMessage: 'The store may drop revocations when its memory is full; the server does not start on it.',
  },
});
