import { errorTable } from '@careward/kernel';

/** Refusals of the users room. */
export const usersErrors = errorTable({
  'setup-refused': {
    category: 'forbidden',
    publicMessage:
      'The set-up code is wrong, used or expired, or there is an administrator already. Restart for a new code.',
  },
  'role-for-oneself': {
    category: 'forbidden',
    publicMessage: 'Nobody gives roles to their own account; a colleague who administers has to.',
  },
  'account-elsewhere': {
    category: 'conflict',
    publicMessage:
      'This person has an account already. Ask them for a join code and use POST /api/v1/users/join.',
  },
  'join-code-refused': {
    category: 'forbidden',
    publicMessage: 'The join code is wrong, used or expired, or is your own.',
  },
  'account-not-found': {
    category: 'not-found',
    publicMessage: 'There is no such user in this clinic.',
  },
});
