import { errorTable } from '@careward/kernel';

/** Refusals of the operator's tools; met at the command line only. */
export const operatorErrors = errorTable({
  'operator-key-set-malformed': {
    category: 'invalid-input',
    publicMessage: 'The file is not the key set of a Careward server.',
  },
  'operator-development-only': {
    category: 'forbidden',
    publicMessage: 'This works on the embedded database of a development home only.',
  },
});
