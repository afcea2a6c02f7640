import { errorTable } from '@careward/kernel';

/** Refusals of the registration room. */
export const registrationErrors = errorTable({
  'registration-closed': {
    category: 'forbidden',
    publicMessage: 'This clinic does not let patients register by themselves: ask it for an invitation.',
  },
});
