// Taking the own data along, and leaving.
import { withProof } from './account-proof.js';
import { call, forgetKey } from './client.js';
import { announce, element, find, onPress, onSubmit, show } from './page.js';

/** Browsers read the file after the press is over; this is long enough. */
const READ_MS = 60_000;

function download(name, text) {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  element('a', '', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), READ_MS);
}

onPress(find('#export'), () =>
  withProof(async () => {
    const data = await call('GET', '/users/me/export');
    download('careward-account.json', `${JSON.stringify(data, null, 2)}\n`);
    announce('Your data is in the file careward-account.json.');
  }),
);
onSubmit(find('#delete-form'), () =>
  withProof(async () => {
    await call('DELETE', '/users/me');
    await forgetKey();
    show('deleted');
    for (const part of ['#signed-in', '#overview']) find(part).remove();
  }),
);
