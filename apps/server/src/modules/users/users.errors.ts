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
  'account-of-oneself': {
    category: 'forbidden',
    publicMessage: 'Nobody does this to their own account; a colleague who administers has to.',
  },
  'last-administrator': {
    category: 'conflict',
    publicMessage: 'Somebody has to administer: appoint another administrator first.',
  },
  'account-of-other-clinics': {
    category: 'forbidden',
    publicMessage:
      'This account belongs to other clinics or the platform as well: take its roles in yours, or ask the administrator of the platform.',
  },
  'account-closed-by-platform': {
    category: 'forbidden',
    publicMessage: 'The administration of the platform closed this account, and alone opens it again.',
  },
  'account-disabled': {
    category: 'conflict',
    publicMessage: 'This account is disabled. Enable it first.',
  },
  'mailed-code-refused': {
    category: 'forbidden',
    publicMessage: 'The code is wrong, used or expired. Ask for a new one.',
  },
  'email-taken': {
    category: 'conflict',
    publicMessage: 'This e-mail address cannot be used for the account.',
  },
  'account-not-found': {
    category: 'not-found',
    publicMessage: 'There is no such user in this clinic.',
  },
});
