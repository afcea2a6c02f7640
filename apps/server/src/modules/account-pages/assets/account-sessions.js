// Where somebody is signed in, and on which devices they have been.
import { withProof } from './account-proof.js';
import { distinct, fill, item, onLoad, remove } from './account-sections.js';
import { call } from './client.js';
import { button, element, find, onPress, time } from './page.js';

onLoad(async () => {
  const { sessions } = await call('GET', '/auth/sessions');
  const names = distinct(sessions.map(({ deviceLabel }) => deviceLabel));
  fill(
    'sessions',
    sessions.map((session, index) => sessionItem(session, names[index])),
  );
});
onLoad(async () => {
  const { devices } = await call('GET', '/users/me/devices');
  const names = distinct(devices.map(({ label }) => label));
  fill(
    'devices',
    devices.map((device, index) => deviceItem(device, names[index])),
  );
});

function sessionItem({ id, place, address, lastSeenAt, needsProof, current }, name) {
  const where = place === undefined ? address : `${place} (${address})`;
  const unusual = needsProof ? ', looks unusual' : '';
  const text = `${name}, ${where}, last active ${time(lastSeenAt)}${unusual}`;
  if (current) return item(text, element('strong', 'This session'));
  const end = () => remove(`/auth/sessions/${id}`, 'sessions-title', 'The session has ended.');
  return item(
    text,
    button('End', `session of ${name}`, () => withProof(end)),
  );
}

function deviceItem({ id, lastUsedAt }, name) {
  const forget = () => remove(`/users/me/devices/${id}`, 'devices-title', 'The device is forgotten.');
  return item(
    `${name}, last used ${time(lastUsedAt)}`,
    button('Forget', `device ${name}`, () => withProof(forget)),
  );
}

onPress(find('#end-others'), () =>
  withProof(() => remove('/auth/sessions', 'sessions-title', 'All other sessions have ended.')),
);
