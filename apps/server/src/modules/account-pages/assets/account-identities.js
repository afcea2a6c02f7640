// Identities of other providers that open the own account.
import { withProof } from './account-proof.js';
import { fill, item, onLoad, remove } from './account-sections.js';
import { call } from './client.js';
import { button, element, find, onPress, time } from './page.js';
import { goToProvider } from './providers.js';

onLoad(async () => {
  const [identities, providers] = await Promise.all([
    call('GET', '/users/me/identities'),
    call('GET', '/auth/providers'),
  ]);
  fill('identities', identities.items.map(identityItem));
  const linked = identities.items.map(({ provider }) => provider);
  const others = providers.items.filter(({ id }) => !linked.includes(id));
  find('#link-providers').replaceChildren(...others.map(linkButton));
});

function identityItem({ provider, name, linkedAt }) {
  const path = `/users/me/identities/${provider}`;
  const take = () => remove(path, 'identities-title', 'The identity is removed.');
  return item(
    `${name}, since ${time(linkedAt)}`,
    button('Remove', `identity of ${name}`, () => withProof(take)),
  );
}

function linkButton({ id, name }) {
  const choice = element('button', `Link ${name}`, { type: 'button' });
  onPress(choice, () => withProof(() => goToProvider(`/users/me/identities/${id}`)));
  return choice;
}
