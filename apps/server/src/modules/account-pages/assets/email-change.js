// Confirming another e-mail address, as the person who is signed in.
import { call } from './client.js';
import { signInFor, takeMailedCode } from './mailed-code.js';
import { find, onPress, show } from './page.js';

const { code } = takeMailedCode();
show(code === '' ? 'missing' : 'confirm');

onPress(find('#confirm-button'), async () => {
  try {
    await call('POST', '/users/me/email/confirm', { code });
  } catch (error) {
    if (error.status === 401) return show('signed-out');
    if (error.code === 'mailed-code-refused') return show('refused');
    throw error;
  }
  show('done');
});
onPress(find('#sign-in'), () => signInFor(code));
