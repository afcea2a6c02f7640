// Name, e-mail address and password of the own account.
import { withProof } from './account-proof.js';
import { load, onLoad } from './account-sections.js';
import { call } from './client.js';
import { announce, find, onSubmit } from './page.js';

onLoad(async () => {
  const { displayName, email } = (await call('GET', '/users/me')).account;
  find('#who').textContent = displayName;
  find('#display-name').value = displayName;
  find('#present-email').textContent = email;
  find('#username').value = email;
});

onSubmit(find('#name-form'), ({ displayName }) =>
  withProof(async () => {
    await call('PATCH', '/users/me', { displayName });
    await load();
    announce('Your name is changed.');
  }),
);
onSubmit(find('#email-form'), ({ email }) =>
  withProof(async () => {
    await call('PUT', '/users/me/email', { email });
    find('#new-email').value = '';
    announce(`A mail is on its way to ${email}. Open its link within 30 minutes.`);
  }),
);
onSubmit(find('#password-form'), ({ currentPassword, newPassword }) =>
  withProof(async () => {
    await call('PUT', '/auth/password', { currentPassword, newPassword });
    await load();
    announce('The password is changed. All other sessions have ended.');
  }),
);
