import { errorTable } from '@careward/kernel';

/** Refusals of sending mail. */
export const mailErrors = errorTable({
  'mail-address-refused': {
    category: 'invalid-input',
    publicMessage: 'Mail cannot be sent to this e-mail address.',
  },
  'mail-not-sent': {
    category: 'unavailable',
    publicMessage: 'Mail cannot be sent at this moment.',
  },
});
