// Proving oneself again before what would let a thief stay, and at the beginning where the session looks like somebody else's.
import { call, Refusal } from './client.js';
import { announce, find, onPress, onSubmit, show } from './page.js';
import { hasPasskeys, provePasskey } from './passkey.js';

const REASON = 'What you want to do needs a proof of the last five minutes.';
const DISTRUSTED = 'This visit looks unusual. Nothing is shown until you have proved who you are.';

let settle;

/** Runs something that may need a fresh proof of the person. Asks for it once and runs it again; or not, when they go back. */
export async function withProof(work, { mayGoBack = true } = {}) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'authentication-proof-needed') throw error;
  }
  if (await askForProof(mayGoBack)) return work();
  announce('Nothing was changed.');
}

/** Shows the section of the proof in place of the others; gives whether there was one. The focus returns to where it was. */
async function askForProof(mayGoBack) {
  const before = document.activeElement;
  find('#proof-reason').textContent = mayGoBack ? REASON : DISTRUSTED;
  find('#prove-not').hidden = !mayGoBack;
  show('proof');
  const isProven = await new Promise((resolve) => {
    settle = resolve;
  });
  if (mayGoBack && before !== document.body) show('overview', before);
  else show('overview');
  return isProven;
}

onPress(find('#prove-passkey'), async () => {
  const response = await provePasskey(await call('POST', '/auth/reauthenticate/passkey/options', {}));
  await call('POST', '/auth/reauthenticate/passkey', { response });
  settle(true);
});
onSubmit(find('#prove-form'), async ({ password, code }) => {
  await call('POST', '/auth/reauthenticate', { password, ...(code !== '' && { code }) });
  settle(true);
});
onPress(find('#prove-not'), () => settle(false));
find('#prove-passkey').hidden = !hasPasskeys;
