// Other identity providers: going there, and coming back to the tab that began.
import { call } from './client.js';

const KEPT = 'provider';

/** Sends the browser to a provider. `path`: the route that begins with `/start` and will take the answer at `/finish`. */
export async function goToProvider(path) {
  const { authorizationUrl, transaction } = await call('POST', `${path}/start`, { returnTo: '/account' });
  // Only this tab can finish what it began.
  sessionStorage.setItem(KEPT, JSON.stringify({ path, transaction }));
  location.assign(authorizationUrl);
}

/**
 * Takes the provider's answer, which leaves the address bar and the history at once, to the route of the attempt. Gives its path and
 * result; undefined when this tab began none, or the person went back without signing in.
 */
export async function returnFromProvider() {
  const answer = new URLSearchParams(location.search);
  history.replaceState(null, '', '/sign-in');
  const { path, transaction } = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}');
  sessionStorage.removeItem(KEPT);
  if (path === undefined || !answer.has('code')) return undefined;
  const result = await call('POST', `${path}/finish`, {
    transaction,
    code: answer.get('code'),
    state: answer.get('state') ?? '',
    ...(answer.has('iss') && { iss: answer.get('iss') }),
  });
  return { path, result };
}
