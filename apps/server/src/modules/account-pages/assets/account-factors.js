// The authenticator app and the recovery codes. Secrets and codes are on the page until they are confirmed or kept, and nowhere else.
import { withProof } from './account-proof.js';
import { load, onLoad, remove } from './account-sections.js';
import { call } from './client.js';
import { announce, element, find, inGroups, moveTo, onCopy, onPress, onSubmit, time } from './page.js';

/** The fewest characters of a password, beside a second factor and alone. */
const SHORTEST = { besideFactor: 8, alone: 15 };

onLoad(async () => {
  const { totp, passkeys, recoveryCodesLeft, required } = await call('GET', '/users/me/factors');
  const hasFactor = totp !== null || passkeys > 0;
  showApp(totp);
  showRecovery(hasFactor, recoveryCodesLeft);
  const shortest = hasFactor || required ? SHORTEST.besideFactor : SHORTEST.alone;
  find('#new-password-hint').textContent =
    `At least ${shortest} characters. Long is strong: several words that do not belong together.`;
});

function showApp(totp) {
  find('#app-state').textContent = totp === null ? 'You have none.' : `Added ${time(totp.confirmedAt)}.`;
  find('#add-app').hidden = totp !== null;
  find('#remove-app').hidden = totp === null;
}

function showRecovery(hasFactor, left) {
  find('#recovery-state').textContent = hasFactor
    ? `You have ${left} that are not used. New ones make those before void.`
    : 'They stand in for a second factor: add an authenticator app or a passkey first.';
  find('#make-codes').hidden = !hasFactor;
}

/** Shows new codes, this once. */
function showCodes(codes) {
  find('#recovery-codes').replaceChildren(...codes.map(codeItem));
  find('#new-codes').hidden = false;
  moveTo(find('#new-codes-title'));
}

function codeItem(code) {
  const made = element('li');
  made.append(element('code', code));
  return made;
}

function forgetCodes() {
  find('#recovery-codes').replaceChildren();
  find('#new-codes').hidden = true;
  moveTo(find('#recovery-title'));
}

function showSecret({ secret, otpauthUri }) {
  find('#app-secret').textContent = inGroups(secret);
  find('#app-link').replaceChildren(element('a', 'Open the app on this device', { href: otpauthUri }));
  find('#app-form').hidden = false;
  moveTo(find('#app-form-title'));
}

function forgetSecret() {
  find('#app-form').hidden = true;
  find('#app-secret').textContent = '';
  find('#app-link').replaceChildren();
}

onPress(find('#add-app'), () =>
  withProof(async () => showSecret(await call('POST', '/users/me/factors/totp', {}))),
);
onSubmit(find('#app-form'), ({ code }) =>
  withProof(async () => {
    const { recoveryCodes } = await call('POST', '/users/me/factors/totp/confirm', { code });
    forgetSecret();
    showCodes(recoveryCodes);
    await load();
    announce('The authenticator app is added.');
  }),
);
onPress(find('#remove-app'), () =>
  withProof(() => remove('/users/me/factors/totp', 'app-title', 'The authenticator app is removed.')),
);
onPress(find('#make-codes'), () =>
  withProof(async () => {
    const { recoveryCodes } = await call('POST', '/users/me/factors/recovery-codes', {});
    showCodes(recoveryCodes);
    await load();
  }),
);
onCopy(find('#copy-codes'), () =>
  [...document.querySelectorAll('#recovery-codes li')].map((code) => code.textContent).join('\n'),
);
onPress(find('#kept-codes'), forgetCodes);
