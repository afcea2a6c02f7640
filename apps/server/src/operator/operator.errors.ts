import { errorTable } from '@careward/kernel';

/** Refusals of the operator's tools; met at the command line only. */
export const operatorErrors = errorTable({
  'operator-development-only': {
    category: 'forbidden',
    publicMessage: 'This works on the embedded database of a development home only.',
  },
});
