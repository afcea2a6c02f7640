import { errorTable } from '@careward/kernel';

/** Refusals of the patients room. A patient of another clinic, or another person, answers as one that does not exist. */
export const patientsErrors = errorTable({
  'patient-not-found': {
    category: 'not-found',
    publicMessage: 'There is no such patient in this clinic.',
  },
  'patient-link-to-self': {
    category: 'forbidden',
    publicMessage: 'A colleague has to link your own account to a patient.',
  },
  'patient-search-empty': {
    category: 'invalid-input',
    publicMessage: 'The search names nothing to look for: it needs a letter or a digit.',
  },
  'patient-changed-meanwhile': {
    category: 'precondition-failed',
    publicMessage: 'The patient was changed since you read it. Read it again and repeat your change.',
  },
});
