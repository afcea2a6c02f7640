// Accepting an invitation with a new account.
import { call } from './client.js';
import { find, onSubmit, show, takeCode } from './page.js';

const code = takeCode();

onSubmit(find('#accept-form'), async ({ displayName, password }) => {
  await call('POST', '/invitations/accept', { code, displayName, password });
  show('done');
});
