// What happened to the own account, in sentences.
import { withProof } from './account-proof.js';
import { fill, onLoad } from './account-sections.js';
import { call } from './client.js';
import { element, find, moveTo, onPress, time } from './page.js';

const PATH = '/users/me/security-events';
const SENTENCES = {
  'device.new': 'A sign-in came from a device that was new',
  'device.revoke': 'A device was forgotten',
  'identity.link': 'An identity of another provider was linked',
  'identity.unlink': 'An identity of another provider was removed',
  'passkey.add': 'A passkey was added',
  'passkey.counter-regressed': 'A passkey was refused, because there may be a copy of it',
  'passkey.remove': 'A passkey was removed',
  'password.change': 'The password was changed',
  'password.change.failed': 'A wrong password was given to change the password',
  'recovery-code.use': 'A recovery code was used to sign in',
  'recovery-codes.create': 'New recovery codes were made',
  'second-factor.add': 'An authenticator app was added',
  'second-factor.remove': 'An authenticator app was removed',
  'second-factor.remove-by-administrator': 'An administrator of your clinic removed your second factors',
  'session.create': 'Somebody, probably you, signed in',
  'session.end': 'A session ended',
  'session.end-by-cap': 'The oldest session ended, because there were too many',
  'session.end-by-reuse': 'A session ended for safety, because its token was used twice',
  'session.prove.failed': 'A signed-in session could not show that it was yours',
  'session.renew': 'A signed-in session showed again that it was yours',
  'session.suspicious': 'A session looked unusual and had to show that it was yours',
  'sign-in.password.failed': 'A sign-in failed: the password was wrong',
  'sign-in.second-factor.failed': 'A sign-in failed: the password was right, the second factor wrong',
};

let next = null;

onLoad(async () => {
  const { items, nextCursor } = await call('GET', PATH);
  fill('events', items.map(eventItem));
  offerMore(nextCursor);
});
onPress(find('#earlier-events'), () =>
  withProof(async () => {
    const { items, nextCursor } = await call('GET', `${PATH}?cursor=${encodeURIComponent(next)}`);
    const more = items.map(eventItem);
    find('#events').append(...more);
    offerMore(nextCursor);
    if (more.length > 0) moveTo(more[0]);
  }),
);

function offerMore(cursor) {
  next = cursor;
  find('#earlier-events').hidden = cursor === null;
}

function eventItem({ kind, at, address }) {
  const sentence = SENTENCES[kind] ?? `Something happened that this page has no words for (${kind})`;
  return element('li', `${time(at)}: ${sentence}${address === null ? '' : `, from ${address}`}.`);
}
