import { errorTable } from '@careward/kernel';

/** Refusals of the invitations room. */
export const invitationsErrors = errorTable({
  'invitation-refused': {
    category: 'forbidden',
    publicMessage: 'The invitation is wrong, used, withdrawn or expired, or was sent to another address.',
  },
  'invitation-for-account': {
    category: 'conflict',
    publicMessage:
      'You have an account under this address already. Sign in and accept the invitation with it.',
  },
  'invitation-not-found': {
    category: 'not-found',
    publicMessage: 'There is no such open invitation in this clinic.',
  },
});
