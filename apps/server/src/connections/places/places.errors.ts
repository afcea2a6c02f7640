import { errorTable } from '@careward/kernel';

/** Refusals of the table of places; met at start, by the operator. `faults` name the lines. */
export const placesErrors = errorTable({
  'connections-places-refused': {
    category: 'internal',
    publicMessage: 'The table of places cannot be used.',
  },
});
