// Making the account of a registration, with the name and the password that the reader of the mail chooses.
import { call } from './client.js';
import { find, onSubmit, show, takeCode } from './page.js';

const code = takeCode();

onSubmit(find('#register-form'), async ({ displayName, password }) => {
  await call('POST', '/registrations/verify', { code, displayName, password });
  show('done');
});
