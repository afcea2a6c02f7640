import { errorTable } from '@careward/kernel';

/** Refusals of clinic isolation. A clinic that is not the caller's does not exist for them. */
export const tenancyErrors = errorTable({
  'clinic-required': {
    category: 'invalid-input',
    publicMessage: 'Name the clinic, for example in the X-Clinic-Id header.',
  },
  'clinic-malformed': {
    category: 'invalid-input',
    publicMessage: 'A clinic id is not a UUID.',
  },
  'clinic-not-found': {
    category: 'not-found',
    publicMessage: 'There is no such clinic.',
  },
  'clinic-sources-disagree': {
    category: 'invalid-input',
    publicMessage: 'The request names more than one clinic. Header, query, token, route and body must agree.',
  },
});
