import { errorTable } from '@careward/kernel';

/** The errors of reading the configuration. */
export const configErrors = errorTable({
  'configuration-invalid': {
    category: 'internal',
    publicMessage: 'The configuration has faults; the server does not start with any of them.',
  },
  'configuration-runtime-unsupported': {
    category: 'internal',
    publicMessage: 'Careward needs Node.js 26 or later.',
  },
});
