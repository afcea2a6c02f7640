/** Who passkeys are made for (WebAuthn Level 3, section 4): the host and origin of the public address, never of a request. */
export interface RelyingParty {
  readonly id: string;
  readonly origin: string;
  readonly name: string;
}

/** The relying party at a public address. */
export function relyingPartyAt(publicUrl: URL): RelyingParty {
  return { id: publicUrl.hostname, origin: publicUrl.origin, name: 'Careward' };
}
