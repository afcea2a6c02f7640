// Other identity providers: going there, and coming back to the tab that began.
import { call, Refusal } from './client.js';

const KEPT = 'provider';
/** What providers answer in place of a code (RFC 6749, 4.1.2.1). Their own words are not shown: anybody can put them into a link. */
const DENIED = 'The other provider did not let you in: it was cancelled there, or not allowed.';
const FAILED = 'The other provider could not do it now.';

/** Sends the browser to a provider. `path`: the route that begins with `/start` and will take the answer at `/finish`. */
export async function goToProvider(path) {
  const { authorizationUrl, transaction } = await call('POST', `${path}/start`, { returnTo: '/account' });
  // Only this tab can finish what it began.
  sessionStorage.setItem(KEPT, JSON.stringify({ path, transaction }));
  location.assign(authorizationUrl);
}

/**
 * What came back from a provider; it leaves the address bar and the history at once. `path` is the route of the attempt, undefined when
 * this tab began none.
 */
export function takeAnswer() {
  const answer = new URLSearchParams(location.search);
  history.replaceState(null, '', '/sign-in');
  const { path, transaction } = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}');
  sessionStorage.removeItem(KEPT);
  return { path, transaction, answer };
}

/** Takes an answer to the route of its attempt. Throws a Refusal, the provider's as well. */
export function finishAtProvider({ path, transaction, answer }) {
  if (!answer.has('code')) throw providerRefusal(answer.get('error'));
  return call('POST', `${path}/finish`, {
    transaction,
    code: answer.get('code'),
    state: answer.get('state') ?? '',
    ...(answer.has('iss') && { iss: answer.get('iss') }),
  });
}

function providerRefusal(error) {
  const what = error === 'access_denied' ? DENIED : FAILED;
  return new Refusal(0, { detail: `${what} Try it again, or choose another way.` });
}
