// The own account: sessions, passkeys, devices, what happened. Whoever is not signed in goes to the sign-in.
import { call, forgetKey, Refusal } from './client.js';
import { announce, button, element, find, onPress, onSubmit, show, time } from './page.js';
import { createPasskey, hasPasskeys, provePasskey } from './passkey.js';
import { goToProvider } from './providers.js';

let afterProof;

/** Runs something that may need a fresh proof of the person; asked for once, then run again. */
async function withProof(work) {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'authentication-proof-needed') throw error;
    afterProof = work;
    show('proof');
  }
}

async function proven() {
  show('overview');
  await withProof(afterProof);
}

async function load() {
  const [me, sessions, passkeys, identities, providers, devices, events] = await Promise.all([
    call('GET', '/users/me'),
    call('GET', '/auth/sessions'),
    call('GET', '/users/me/passkeys'),
    call('GET', '/users/me/identities'),
    call('GET', '/auth/providers'),
    call('GET', '/users/me/devices'),
    call('GET', '/users/me/security-events'),
  ]);
  find('#who').textContent = me.account.displayName;
  fill('#sessions', sessions.sessions.map(sessionItem));
  fill('#passkeys', passkeys.items.map(passkeyItem));
  fill('#identities', identities.items.map(identityItem));
  const linked = identities.items.map(({ provider }) => provider);
  const others = providers.items.filter(({ id }) => !linked.includes(id));
  find('#link-providers').replaceChildren(...others.map(linkButton));
  fill('#devices', devices.devices.map(deviceItem));
  fill('#events', events.items.map(eventItem));
}

function fill(selector, items) {
  find(selector).replaceChildren(...(items.length > 0 ? items : [element('li', 'None.')]));
}

function sessionItem({ id, client, address, lastSeenAt, current }) {
  const item = element('li', `${client}, ${address}, last used ${time(lastSeenAt)} `);
  if (current) item.append(element('strong', 'This session'));
  else
    item.append(
      button('End', `session of ${client}`, () =>
        withProof(() => remove(`/auth/sessions/${id}`, 'The session has ended.')),
      ),
    );
  return item;
}

function passkeyItem({ credentialId, label, lastUsedAt }) {
  const item = element(
    'li',
    `${label}, ${lastUsedAt === null ? 'never used' : `last used ${time(lastUsedAt)}`} `,
  );
  const path = `/users/me/passkeys/${encodeURIComponent(credentialId)}`;
  item.append(
    button('Remove', `passkey ${label}`, () => withProof(() => remove(path, 'The passkey is removed.'))),
  );
  return item;
}

function identityItem({ provider, name, linkedAt }) {
  const item = element('li', `${name}, since ${time(linkedAt)} `);
  const path = `/users/me/identities/${provider}`;
  item.append(
    button('Remove', `identity of ${name}`, () => withProof(() => remove(path, 'The identity is removed.'))),
  );
  return item;
}

function linkButton({ id, name }) {
  const choice = element('button', `Link ${name}`, { type: 'button' });
  onPress(choice, () => withProof(() => goToProvider(`/users/me/identities/${id}`)));
  return choice;
}

function deviceItem({ id, label, lastUsedAt }) {
  const item = element('li', `${label}, last used ${time(lastUsedAt)} `);
  item.append(
    button('Forget', `device ${label}`, () =>
      withProof(() => remove(`/users/me/devices/${id}`, 'The device is forgotten.')),
    ),
  );
  return item;
}

function eventItem({ kind, at, address }) {
  return element('li', `${time(at)}: ${kind}${address === null ? '' : `, from ${address}`}`);
}

async function remove(path, text) {
  await call('DELETE', path);
  await load();
  announce(text);
}

onPress(find('#sign-out'), async () => {
  await call('POST', '/auth/sign-out', {});
  await forgetKey();
  location.assign('/sign-in');
});
onPress(find('#end-others'), () =>
  withProof(() => remove('/auth/sessions', 'All other sessions have ended.')),
);
onSubmit(find('#passkey-form'), ({ label }) =>
  withProof(async () => {
    const response = await createPasskey(await call('POST', '/users/me/passkeys/options', {}));
    await call('POST', '/users/me/passkeys', { label, response });
    await load();
    announce('The passkey is added.');
  }),
);
onPress(find('#prove-passkey'), async () => {
  const response = await provePasskey(await call('POST', '/auth/reauthenticate/passkey/options', {}));
  await call('POST', '/auth/reauthenticate/passkey', { response });
  await proven();
});
onSubmit(find('#prove-form'), async ({ password, code }) => {
  await call('POST', '/auth/reauthenticate', { password, ...(code !== '' && { code }) });
  await proven();
});
for (const id of ['#passkey-form', '#prove-passkey']) find(id).hidden = !hasPasskeys;

await load().catch((error) => {
  if (error instanceof Refusal && error.status === 401) location.replace('/sign-in');
  else throw error;
});
