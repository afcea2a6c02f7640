// Confirming another e-mail address, as the person who is signed in.
import { call } from './client.js';
import { find, onPress, show, takeCode } from './page.js';

const code = takeCode();

onPress(find('#confirm-button'), async () => {
  await call('POST', '/users/me/email/confirm', { code });
  show('done');
});
