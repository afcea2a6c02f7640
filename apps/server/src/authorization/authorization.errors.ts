import { errorTable } from '@careward/kernel';

/** Refusals of authorization. */
export const authorizationErrors = errorTable({
  'authorization-refused': {
    category: 'forbidden',
    publicMessage: 'Your role does not allow this.',
  },
  'authorization-undeclared': {
    category: 'forbidden',
    publicMessage: 'This route is closed.',
  },
  'purpose-of-use-required': {
    category: 'invalid-input',
    publicMessage: 'State why you need the data in the X-Purpose-Of-Use header, for example HOPERAT.',
  },
  'purpose-of-use-unknown': {
    category: 'invalid-input',
    publicMessage:
      'X-Purpose-Of-Use is not one of TREAT, ETREAT, HPAYMT, HOPERAT, HCOMPL, PATRQT, PUBHLTH, HRESCH.',
  },
});
