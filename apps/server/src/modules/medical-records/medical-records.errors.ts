import { errorTable } from '@careward/kernel';

/** Refusals of the medical records room. */
export const medicalRecordsErrors = errorTable({
  'medical-record-not-found': {
    category: 'not-found',
    publicMessage: 'There is no such medical record in this clinic.',
  },
  'medical-record-changed-meanwhile': {
    category: 'precondition-failed',
    publicMessage: 'The record was corrected since you read it. Read it again and repeat your correction.',
  },
  'medical-record-practitioner-unknown': {
    category: 'invalid-input',
    publicMessage: 'The practitioner does not belong to this clinic.',
  },
});
