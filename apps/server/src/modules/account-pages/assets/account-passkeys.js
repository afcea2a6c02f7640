// The own passkeys.
import { withProof } from './account-proof.js';
import { distinct, fill, item, load, onLoad, remove } from './account-sections.js';
import { call } from './client.js';
import { announce, button, find, onSubmit, time } from './page.js';
import { createPasskey, hasPasskeys } from './passkey.js';

onLoad(async () => {
  const { items } = await call('GET', '/users/me/passkeys');
  const names = distinct(items.map(({ label }) => label));
  fill(
    'passkeys',
    items.map((passkey, index) => passkeyItem(passkey, names[index])),
  );
});

function passkeyItem({ credentialId, lastUsedAt }, name) {
  const path = `/users/me/passkeys/${encodeURIComponent(credentialId)}`;
  const used = lastUsedAt === null ? 'never used' : `last used ${time(lastUsedAt)}`;
  const take = () => remove(path, 'passkeys-title', 'The passkey is removed.');
  return item(
    `${name}, ${used}`,
    button('Remove', `passkey ${name}`, () => withProof(take)),
  );
}

onSubmit(find('#passkey-form'), ({ label }) =>
  withProof(async () => {
    const response = await createPasskey(await call('POST', '/users/me/passkeys/options', {}));
    await call('POST', '/users/me/passkeys', { label, response });
    find('#label').value = '';
    await load();
    announce('The passkey is added.');
  }),
);
find('#passkey-form').hidden = !hasPasskeys;
