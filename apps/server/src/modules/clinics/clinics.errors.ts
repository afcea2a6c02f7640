import { errorTable } from '@careward/kernel';

/** Refusals of the clinics room. */
export const clinicsErrors = errorTable({
  'clinic-identifier-taken': {
    category: 'conflict',
    publicMessage: 'Another clinic already has one of these identifiers.',
  },
});
