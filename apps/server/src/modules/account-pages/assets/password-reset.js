// Choosing a new password: without a code it asks for a mail, with one it sets the password.
import { call } from './client.js';
import { takeMailedCode } from './mailed-code.js';
import { find, onPress, onSubmit, show } from './page.js';

const { code } = takeMailedCode();
if (code !== '') show('choose');

onSubmit(find('#ask-form'), async ({ email }) => {
  await call('POST', '/auth/password-reset', { email });
  find('#sent-to').textContent = email;
  show('sent');
});
onPress(find('#ask-again'), () => show('ask'));
onSubmit(find('#choose-form'), async ({ newPassword }) => {
  try {
    await call('POST', '/auth/password-reset/confirm', { code, newPassword });
  } catch (error) {
    // Where another mail is asked for.
    if (error.code === 'mailed-code-refused') show('ask');
    throw error;
  }
  show('done');
});
