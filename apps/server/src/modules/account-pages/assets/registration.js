// Registering as a patient: with the link of a clinic it asks for a mail, with the link of that mail it makes the account.
//
// Defends: the knowledge of who has an account. What is shown after asking is the same for everybody; the mail tells.
import { call } from './client.js';
import { findClinic, linkFor } from './clinic-link.js';
import { takeMailedCode } from './mailed-code.js';
import { find, onPress, onSubmit, show } from './page.js';

const clinicId = findClinic();
const { code } = clinicId === undefined ? takeMailedCode() : { code: '' };

function open() {
  if (code !== '') return show('register');
  if (clinicId === undefined) return show('missing');
  find('#ask-sign-in').href = linkFor('sign-in', clinicId);
  show('ask');
}

async function ask({ email }) {
  try {
    await call('POST', '/registrations', { clinicId, email });
  } catch (error) {
    if (error.code !== 'registration-closed') throw error;
    return show('closed');
  }
  find('#sent-to').textContent = email;
  show('sent');
}

async function register({ displayName, password }) {
  try {
    await call('POST', '/registrations/verify', { code, displayName, password });
  } catch (error) {
    if (error.code !== 'mailed-code-refused') throw error;
    return showRefused();
  }
  show('done');
}

/** The code begins with the id of the clinic, which is where to register once more. */
function showRefused() {
  const [id] = code.split('.');
  find('#register-again').href = linkFor('registration', id);
  show('refused');
}

onSubmit(find('#ask-form'), ask);
onPress(find('#ask-again'), () => show('ask'));
onSubmit(find('#register-form'), register);

addEventListener('hashchange', () => location.reload());
open();
