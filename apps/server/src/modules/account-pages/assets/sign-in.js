// Signing in: a first factor, then whatever the server still wants.
import { call } from './client.js';
import { element, find, onPress, onSubmit, run, show } from './page.js';
import { createPasskey, hasPasskeys, provePasskey } from './passkey.js';
import { goToProvider, returnFromProvider } from './providers.js';

const ACCOUNT = '/account';
let challenge;

/** Goes on with what the server answered. */
function proceed(result) {
  challenge = result.challenge;
  if (result.status === 'second-factor-required') return askSecondFactor(result.factors);
  if (result.status === 'enrolment-required') return show('enrolment');
  if ((result.recoveryCodes ?? []).length === 0) return location.assign(ACCOUNT);
  find('#recovery-codes').replaceChildren(...result.recoveryCodes.map((code) => element('li', code)));
  show('recovery');
}

function askSecondFactor(factors) {
  find('#second-passkey').hidden = !(factors.includes('passkey') && hasPasskeys);
  find('#code-form').hidden = !factors.includes('totp');
  find('#recovery-form').hidden = !factors.includes('recovery-code');
  show('second');
}

async function listProviders() {
  const { items } = await call('GET', '/auth/providers');
  for (const { id, name } of items) {
    const choice = element('button', `Sign in with ${name}`, { type: 'button' });
    onPress(choice, () => goToProvider(`/auth/providers/${encodeURIComponent(id)}`));
    find('#providers').append(choice);
  }
}

/** Back from a provider: signed in by it, or with an identity more that opens the own account. */
async function comeBack() {
  const back = await returnFromProvider();
  if (back === undefined) return;
  if (back.path.startsWith('/users/me/')) location.assign(ACCOUNT);
  else proceed(back.result);
}

find('#use-passkey').hidden = !hasPasskeys;
find('#enrol-passkey-form').hidden = !hasPasskeys;

onPress(find('#use-passkey'), async () => {
  const response = await provePasskey(await call('POST', '/auth/passkeys/options', {}));
  proceed(await call('POST', '/auth/passkeys/sign-in', { response }));
});
onSubmit(find('#password-form'), async ({ email, password }) => {
  proceed(await call('POST', '/auth/sign-in', { email, password }));
});
onPress(find('#second-passkey-button'), async () => {
  const response = await provePasskey(await call('POST', '/auth/sign-in/passkey/options', { challenge }));
  proceed(await call('POST', '/auth/sign-in/passkey', { challenge, response }));
});
onSubmit(find('#code-form'), async ({ code }) => {
  proceed(await call('POST', '/auth/sign-in/second-factor', { challenge, code }));
});
onSubmit(find('#recovery-form'), async ({ recoveryCode }) => {
  proceed(await call('POST', '/auth/sign-in/second-factor', { challenge, recoveryCode }));
});
onSubmit(find('#enrol-passkey-form'), async ({ label }) => {
  const options = await call('POST', '/auth/sign-in/passkey-enrolment/options', { challenge });
  const response = await createPasskey(options);
  proceed(await call('POST', '/auth/sign-in/passkey-enrolment', { challenge, label, response }));
});
onPress(find('#enrol-app'), async () => {
  const { secret } = await call('POST', '/auth/sign-in/totp', { challenge });
  find('#secret').textContent = secret;
  find('#enrol-app-form').hidden = false;
  find('#first-code').focus();
});
onSubmit(find('#enrol-app-form'), async ({ code }) => {
  proceed(await call('POST', '/auth/sign-in/totp/confirm', { challenge, code }));
});
onPress(find('#kept'), () => location.assign(ACCOUNT));

await listProviders().catch(() => undefined);
if (location.pathname === '/sign-in/callback') await run(comeBack);
