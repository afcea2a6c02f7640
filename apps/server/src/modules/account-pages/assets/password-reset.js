// Choosing a new password: without a code it asks for a mail, with one it sets the password.
import { call } from './client.js';
import { announce, find, onSubmit, show, takeCode } from './page.js';

const code = takeCode();
if (code !== '') show('choose');

onSubmit(find('#ask-form'), async ({ email }) => {
  await call('POST', '/auth/password-reset', { email });
  announce('If this address has an account, a mail is on its way.');
});
onSubmit(find('#choose-form'), async ({ newPassword }) => {
  await call('POST', '/auth/password-reset/confirm', { code, newPassword });
  show('done');
});
