// Passkeys in the browser (WebAuthn Level 3, section 5.1).

/** Whether this browser can have passkeys. */
export const hasPasskeys =
  'PublicKeyCredential' in globalThis && 'parseCreationOptionsFromJSON' in PublicKeyCredential;

/** Makes a passkey; gives the JSON that the server reads. */
export async function createPasskey(options) {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({ publicKey })).toJSON();
}

/** Proves a passkey; gives the JSON that the server reads. */
export async function provePasskey(options) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  return (await navigator.credentials.get({ publicKey })).toJSON();
}
