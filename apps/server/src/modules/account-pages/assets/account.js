// The own account. Whoever is not signed in goes to the sign-in.
import './account-data.js';
import './account-events.js';
import './account-factors.js';
import './account-identities.js';
import './account-passkeys.js';
import './account-profile.js';
import './account-sessions.js';
import { withProof } from './account-proof.js';
import { load } from './account-sections.js';
import { call, forgetKey, Refusal } from './client.js';
import { announce, begin, find, moveTo, onPress } from './page.js';

const isSignedOut = (error) => error instanceof Refusal && error.status === 401;

async function open() {
  announce('Your account is being loaded.');
  try {
    await withProof(load, { mayGoBack: false });
  } catch (error) {
    if (!isSignedOut(error)) throw error;
    return location.replace('/sign-in');
  }
  announce('');
  find('#overview').hidden = false;
  goToFragment();
}

/** The parts of the page come after its address: whoever came for one of them is brought there. */
function goToFragment() {
  const part = document.getElementById(location.hash.slice(1))?.querySelector('h3');
  if (part) moveTo(part);
}

onPress(find('#sign-out'), async () => {
  try {
    await call('POST', '/auth/sign-out', {});
  } catch (error) {
    // A session that is over needs no end.
    if (!isSignedOut(error)) throw error;
  }
  await forgetKey();
  location.assign('/sign-in');
});

await begin(open);
