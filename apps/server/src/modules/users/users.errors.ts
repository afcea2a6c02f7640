import { errorTable } from '@careward/kernel';

/** Refusals of the users room. */
export const usersErrors = errorTable({
  'setup-refused': {
    category: 'forbidden',
    publicMessage:
      'The set-up code is wrong, used or expired, or there is an administrator already. Restart for a new code.',
  },
  'account-not-found': {
    category: 'not-found',
    publicMessage: 'There is no such user in this clinic.',
  },
});
