// Signing in: a first factor, then whatever the server still wants.
import { call } from './client.js';
import { findClinic, linkFor } from './clinic-link.js';
import { findWaitingPage } from './mailed-code.js';
import { announce, element, find, inGroups, moveTo, onPress, onSubmit, run, show } from './page.js';
import { createPasskey, hasPasskeys, provePasskey } from './passkey.js';
import { finishAtProvider, goToProvider, takeAnswer } from './providers.js';

const ACCOUNT = '/account';
let challenge;

/** Goes on with what the server answered. */
function proceed(result) {
  challenge = result.challenge;
  if (challenge !== undefined) showTimeLeft(result.expiresIn);
  if (result.status === 'second-factor-required') return askSecondFactor(result.factors);
  if (result.status === 'enrolment-required') return show('enrolment');
  if ((result.recoveryCodes ?? []).length === 0) return leave();
  find('#recovery-codes').replaceChildren(...result.recoveryCodes.map((code) => element('li', code)));
  show('recovery');
}

function showTimeLeft(seconds) {
  for (const place of document.querySelectorAll('.time-left'))
    place.textContent = `${Math.floor(seconds / 60)} minutes`;
}

/** To the page that waits for the sign-in, or to the own account. */
function leave() {
  const page = findWaitingPage();
  location.assign(page === undefined ? ACCOUNT : `/${page}`);
}

function askSecondFactor(factors) {
  find('#second-passkey').hidden = !(factors.includes('passkey') && hasPasskeys);
  find('#code-form').hidden = !factors.includes('totp');
  find('#recovery-form').hidden = !factors.includes('recovery-code');
  show('second');
}

/** Calls a route of the step that the sign-in has reached. A step that is over, by time say, leads back to the start. */
async function takeStep(path, body = {}) {
  try {
    return await call('POST', `/auth/sign-in/${path}`, { challenge, ...body });
  } catch (error) {
    if (error.code === 'authentication-challenge-invalid') startAgain();
    throw error;
  }
}

function startAgain() {
  challenge = undefined;
  forgetApp();
  show('first');
}

function showApp({ secret, otpauthUri }) {
  find('#secret').textContent = inGroups(secret);
  find('#app-link').replaceChildren(element('a', 'open it with the secret', { href: otpauthUri }));
  find('#app').hidden = false;
  moveTo(find('#app-title'));
}

function forgetApp() {
  find('#secret').textContent = '';
  find('#app-link').replaceChildren();
  find('#app').hidden = true;
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
  const back = takeAnswer();
  if (back.path === undefined) return announce('This tab began no sign-in at another provider. Begin here.');
  const isLinking = back.path.startsWith('/users/me/');
  if (isLinking) show('linking');
  const result = await finishAtProvider(back);
  if (isLinking) location.assign(ACCOUNT);
  else proceed(result);
}

find('#use-passkey').hidden = !hasPasskeys;
find('#enrol-passkey-form').hidden = !hasPasskeys;
const waitingPage = findWaitingPage();
if (waitingPage !== undefined) find(`#for-${waitingPage}`).hidden = false;
const clinicId = findClinic();
if (clinicId !== undefined) {
  find('#register').href = linkFor('registration', clinicId);
  find('#registration').hidden = false;
}

onPress(find('#use-passkey'), async () => {
  const response = await provePasskey(await call('POST', '/auth/passkeys/options', {}));
  proceed(await call('POST', '/auth/passkeys/sign-in', { response }));
});
onSubmit(find('#password-form'), async ({ email, password }) => {
  proceed(await call('POST', '/auth/sign-in', { email, password }));
});
onPress(find('#second-passkey-button'), async () => {
  const response = await provePasskey(await takeStep('passkey/options'));
  proceed(await takeStep('passkey', { response }));
});
onSubmit(find('#code-form'), async ({ code }) => proceed(await takeStep('second-factor', { code })));
onSubmit(find('#recovery-form'), async ({ recoveryCode }) => {
  proceed(await takeStep('second-factor', { recoveryCode }));
});
onSubmit(find('#enrol-passkey-form'), async ({ label }) => {
  const response = await createPasskey(await takeStep('passkey-enrolment/options'));
  proceed(await takeStep('passkey-enrolment', { label, response }));
});
onPress(find('#enrol-app'), async () => showApp(await takeStep('totp')));
onSubmit(find('#enrol-app-form'), async ({ code }) => proceed(await takeStep('totp/confirm', { code })));
for (const button of document.querySelectorAll('.from-start')) onPress(button, startAgain);
onPress(find('#kept'), leave);

await listProviders().catch(() => undefined);
if (location.pathname === '/sign-in/callback') await run(comeBack);
