// Accepting an invitation: with a new account, or with the one that the reader of the mail has.
import { call, forgetKey, Refusal } from './client.js';
import { signInFor, takeMailedCode } from './mailed-code.js';
import { begin, find, onPress, onSubmit, show } from './page.js';

const { code, isBack } = takeMailedCode();

/** Whoever is signed in is asked whether it is them; whoever has just signed in for this has said so. */
async function open() {
  if (code === '') return show('missing');
  const account = await findAccount();
  if (account === undefined) return show('choice');
  find('#who').textContent = `${account.displayName} (${account.email})`;
  find('#refused-who').textContent = account.email;
  find('#refused-account').hidden = false;
  show('confirm');
  if (isBack) await acceptSignedIn();
}

async function findAccount() {
  try {
    return (await call('GET', '/users/me')).account;
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) return undefined;
    throw error;
  }
}

async function acceptSignedIn() {
  await unlessRefused(() => call('POST', '/invitations/accept-signed-in', { code }), showJoined);
}

async function acceptAsNew({ displayName, password }) {
  const accepting = () => call('POST', '/invitations/accept', { code, displayName, password });
  await unlessRefused(accepting, () => show('done'));
}

/** Goes on after the server has accepted. What another try would not change has a section of its own. */
async function unlessRefused(accepting, goOn) {
  const sections = { 'invitation-refused': 'refused', 'invitation-for-account': 'known' };
  try {
    await accepting();
  } catch (error) {
    const section = error.status === 401 ? 'choice' : sections[error.code];
    if (section === undefined) throw error;
    return show(section);
  }
  await goOn();
}

/** The code begins with the id of its clinic. A role that asks for a second factor ends a session without one. */
async function showJoined() {
  const [clinicId] = code.split('.');
  try {
    const { memberships } = await call('GET', '/users/me');
    const clinic = memberships.find((each) => each.clinicId === clinicId);
    if (clinic !== undefined) find('#clinic').textContent = clinic.clinicName;
  } catch (error) {
    const isFactorNeeded = error.code === 'authentication-second-factor-needed';
    find('#factor-needed').hidden = !isFactorNeeded;
    find('#to-account').hidden = isFactorNeeded;
  }
  show('joined');
}

async function signOut() {
  await call('POST', '/auth/sign-out', {});
  await forgetKey();
  find('#refused-account').hidden = true;
}

for (const id of ['#choose-sign-in', '#known-sign-in']) onPress(find(id), () => signInFor(code));
onSubmit(find('#accept-form'), acceptAsNew);
onPress(find('#confirm-button'), acceptSignedIn);
onPress(find('#somebody-else'), async () => {
  await signOut();
  show('choice');
});
onPress(find('#refused-else'), async () => {
  await signOut();
  signInFor(code);
});

await begin(open);
