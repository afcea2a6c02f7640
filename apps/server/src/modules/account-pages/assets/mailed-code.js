// The code of a mail, and the way over the sign-in when its page needs somebody who is signed in.
//
// Defends: the code from everybody but the reader of the mail. It comes in the fragment of the link, which browsers send to nobody,
// leaves the address bar at once and is then in memory only. While its reader signs in, it is kept in this tab and no other, for as long
// as signing in may take, and is taken out again by the page that comes next.
// Does not defend it from whoever takes over this tab meanwhile: the server asks for the account that the mail was sent to.
import { takeCode } from './page.js';

const KEPT = 'mailed-code';
const LIVES_MS = 15 * 60_000;
/** The pages that somebody comes back to, signed in. */
const PAGES = ['invitation', 'email-change'];

/**
 * The code of this page: out of the link, or kept while its reader signed in (`isBack`). Empty when there is none. A link that is opened
 * over this page, where browsers only change the fragment, counts as well.
 */
export function takeMailedCode() {
  addEventListener('hashchange', () => location.reload());
  const code = takeCode();
  const kept = readKept();
  sessionStorage.removeItem(KEPT);
  if (code !== '') return { code, isBack: false };
  const isBack = kept !== undefined && location.pathname === `/${kept.page}`;
  return { code: isBack ? kept.code : '', isBack };
}

/** Goes to the sign-in, which leads back to this page. */
export function signInFor(code) {
  const page = location.pathname.slice(1);
  sessionStorage.setItem(KEPT, JSON.stringify({ page, code, at: Date.now() }));
  location.assign('/sign-in');
}

/** The page of this server that waits for the sign-in in this tab; undefined when none does. */
export function findWaitingPage() {
  return readKept()?.page;
}

function readKept() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? 'null');
  const isGood = PAGES.includes(kept?.page) && Date.now() - kept.at < LIVES_MS;
  return isGood ? kept : undefined;
}
