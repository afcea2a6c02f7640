import { errorTable } from './errors.ts';

/** The errors the kernel itself raises. */
export const kernelErrors = errorTable({
  'id-malformed': { category: 'invalid-input', publicMessage: 'An identifier is not a UUID.' },
  'phi-exposed': { category: 'internal', publicMessage: 'The request could not be completed.' },
  'secret-exposed': { category: 'internal', publicMessage: 'The request could not be completed.' },
});
