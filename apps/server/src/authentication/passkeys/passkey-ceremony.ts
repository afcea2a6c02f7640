// What makes a passkey's answer believed (WebAuthn Level 3, sections 7.1 and 7.2).
//
// Defends against answers made for another site, another page's frame, another ceremony or another challenge, with a wrong
// signature, or without a person being there. The library checks type, challenge, origin, relying party, presence and signature; what it
// leaves open is checked here: frames of other sites are always refused, and so are attestation certificates, since nothing is decided
// by them and their revocation lists would be fetched from wherever they say.
// Does not know accounts and challenges: see passkey-authentication.service.ts and passkey-challenges.ts.
import type { PasskeyAssertion, PasskeyRegistration } from '@careward/api-schema';
import {
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import * as z from 'zod';
import { passkeyErrors } from './passkey.errors.ts';
import type { RelyingParty } from './relying-party.ts';

/** ES256, EdDSA, RS256 (COSE algorithm numbers), the preferred first. */
export const ALGORITHMS: readonly number[] = [-7, -8, -257];

/** A passkey as it was just made. */
export interface MadePasskey {
  readonly credentialId: string;
  readonly publicKey: Buffer;
  readonly signCount: number;
  readonly backedUp: boolean;
  readonly transports: readonly string[];
  readonly userVerified: boolean;
}

/** What an accepted answer says of the device and the person at it. */
export interface AcceptedAssertion {
  readonly signCount: number;
  readonly backedUp: boolean;
  readonly userVerified: boolean;
}

const ClientData = z.object({
  challenge: z.string().min(1).max(200),
  crossOrigin: z.boolean().optional(),
  topOrigin: z.never().optional(),
});

/** The challenge that an answer says to be for. Refuses answers from frames of other sites, and what cannot be read. */
export function challengeIn(response: { readonly clientDataJSON: string }): string {
  const clientData = ClientData.safeParse(parse(response.clientDataJSON));
  if (!clientData.success || clientData.data.crossOrigin === true) throw refused();
  return clientData.data.challenge;
}

/** Accepts a new passkey, or refuses with `passkey-refused`. */
export async function acceptRegistration(
  party: RelyingParty,
  answer: PasskeyRegistration,
  challenge: string,
): Promise<MadePasskey> {
  const { verified, registrationInfo } = await refusing(() => {
    rejectCertificates(answer);
    return verifyRegistrationResponse({
      response: answer as RegistrationResponseJSON, // its transports are an open list here
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: [...ALGORITHMS],
    });
  });
  if (!verified || registrationInfo.credential.id !== answer.id) throw refused();
  const { credential, userVerified, credentialBackedUp } = registrationInfo;
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey),
    signCount: credential.counter,
    backedUp: credentialBackedUp,
    transports: answer.response.transports ?? [],
    userVerified,
  };
}

/**
 * Accepts the proof of a passkey that is known, or refuses with `passkey-refused`. The counter is left to whoever keeps it: only a valid
 * signature makes a counter that went back worth an alarm.
 */
export async function acceptAssertion(
  party: RelyingParty,
  answer: PasskeyAssertion,
  known: {
    readonly publicKey: Buffer;
    readonly challenge: string;
    readonly requireUserVerification: boolean;
  },
): Promise<AcceptedAssertion> {
  const { verified, authenticationInfo } = await refusing(() =>
    verifyAuthenticationResponse({
      response: answer as AuthenticationResponseJSON, // a missing userHandle may be null on the wire
      expectedChallenge: known.challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      credential: { id: answer.id, publicKey: new Uint8Array(known.publicKey), counter: 0 },
      requireUserVerification: known.requireUserVerification,
    }),
  );
  if (!verified) throw refused();
  const { newCounter, credentialBackedUp, userVerified } = authenticationInfo;
  return { signCount: newCounter, backedUp: credentialBackedUp, userVerified };
}

/** Self attestation may come although none was asked for (section 5.4.7); a certificate may not. */
function rejectCertificates({ response }: PasskeyRegistration): void {
  const attestation = decodeAttestationObject(
    new Uint8Array(Buffer.from(response.attestationObject, 'base64url')),
  );
  const format = attestation.get('fmt');
  const isPlain =
    format === 'none' || (format === 'packed' && attestation.get('attStmt').get('x5c') === undefined);
  if (!isPlain) throw refused();
}

/** The library says what is wrong in words that quote the answer: one code for all of it. */
async function refusing<T>(verify: () => Promise<T>): Promise<T> {
  try {
    return await verify();
  } catch (cause) {
    throw passkeyErrors.error('passkey-refused', { cause });
  }
}

function parse(clientDataJSON: string): unknown {
  try {
    return JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function refused() {
  return passkeyErrors.error('passkey-refused');
}
