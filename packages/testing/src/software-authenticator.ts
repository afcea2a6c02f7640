// An authenticator and its browser in one, for tests (WebAuthn Level 3, sections 6 and 7).
//
// It does what a passkey does with an ES256 key, and on request one thing wrong at a time, with everything else still right: only
// so a test can tell which check refused. Keeps keys in memory; is no authenticator for people.
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type CborValue, encodeCbor } from './cbor.ts';

/** What the server asks for a new passkey; the members that matter here. */
export interface CreationOptions {
  readonly challenge: string;
  readonly rp: { readonly id?: string | undefined };
  readonly user: { readonly id: string };
}

/** What the server asks to prove a passkey. */
export interface RequestOptions {
  readonly challenge: string;
  readonly rpId?: string | undefined;
  readonly allowCredentials?: readonly { readonly id: string }[] | undefined;
}

/** What is done wrong. What is not named is done right. */
export interface Misbehaviour {
  readonly type?: string;
  readonly challenge?: string;
  readonly origin?: string;
  /** Framed by a page of another site. */
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  readonly rpId?: string;
  readonly userPresent?: boolean;
  readonly userVerified?: boolean;
  readonly counter?: number;
  /** Says to be this credential, signed by the own key. */
  readonly credentialId?: string;
  readonly userHandle?: string | undefined;
  readonly tamperedSignature?: boolean;
  /** Attested by a certificate, whose revocation list a server may be tempted to fetch. */
  readonly attestedBy?: { readonly certificate: Uint8Array; readonly privateKey: KeyObject };
}

interface Credential {
  readonly id: string;
  readonly rpId: string;
  readonly userHandle: string;
  readonly privateKey: KeyObject;
  readonly publicKey: Buffer;
  counter: number;
}

const FLAGS = { userPresent: 0x01, userVerified: 0x04, attested: 0x40 };

/** A passkey device and the browser in front of it, on one origin. */
export class SoftwareAuthenticator {
  readonly #origin: string;
  readonly #credentials: Credential[] = [];

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Makes a passkey: the JSON form of the answer to `navigator.credentials.create`. */
  create(options: CreationOptions, wrong: Misbehaviour = {}) {
    const credential = newCredential(options.rp.id ?? new URL(this.#origin).hostname, options.user.id);
    this.#credentials.push(credential);
    const id = wrong.credentialId ?? credential.id;
    const clientData = this.#clientData('webauthn.create', options.challenge, wrong);
    const attestedData = attestedCredentialData(id, credential.publicKey);
    const data = authenticatorData(credential, wrong, FLAGS.attested, attestedData);
    return {
      id,
      rawId: id,
      type: 'public-key' as const,
      response: {
        clientDataJSON: clientData.toString('base64url'),
        attestationObject: attestationObject(data, clientData, wrong).toString('base64url'),
        transports: ['internal' as const],
      },
      clientExtensionResults: {},
    };
  }

  /** Proves a passkey: the JSON form of the answer to `navigator.credentials.get`. */
  get(options: RequestOptions, wrong: Misbehaviour = {}) {
    const credential = this.#credentialFor(options);
    credential.counter += 1;
    const clientData = this.#clientData('webauthn.get', options.challenge, wrong);
    const data = authenticatorData(credential, wrong, 0, Buffer.alloc(0));
    const signature = sign('sha256', Buffer.concat([data, sha256(clientData)]), credential.privateKey);
    if (wrong.tamperedSignature)
      signature.writeUInt8(signature.readUInt8(signature.length - 1) ^ 1, signature.length - 1);
    const id = wrong.credentialId ?? credential.id;
    const userHandle = 'userHandle' in wrong ? wrong.userHandle : credential.userHandle;
    return {
      id,
      rawId: id,
      type: 'public-key' as const,
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: signature.toString('base64url'),
        ...(userHandle !== undefined && { userHandle }),
      },
      clientExtensionResults: {},
    };
  }

  #credentialFor(options: RequestOptions): Credential {
    const allowed = options.allowCredentials?.map(({ id }) => id) ?? [];
    const found = this.#credentials.findLast(
      ({ id, rpId }) => rpId === options.rpId && (allowed.length === 0 || allowed.includes(id)),
    );
    if (found === undefined) throw new Error('this authenticator has no such passkey');
    return found;
  }

  #clientData(type: string, challenge: string, wrong: Misbehaviour): Buffer {
    const data = {
      type: wrong.type ?? type,
      challenge: wrong.challenge ?? challenge,
      origin: wrong.origin ?? this.#origin,
      crossOrigin: wrong.crossOrigin ?? false,
      ...(wrong.topOrigin !== undefined && { topOrigin: wrong.topOrigin }),
    };
    return Buffer.from(JSON.stringify(data), 'utf8');
  }
}

function newCredential(rpId: string, userHandle: string): Credential {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const key = new Map<number, CborValue>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ]);
  const id = randomBytes(32).toString('base64url');
  return { id, rpId, userHandle, privateKey, publicKey: encodeCbor(key), counter: 0 };
}

function authenticatorData(credential: Credential, wrong: Misbehaviour, flags: number, rest: Buffer): Buffer {
  const head = Buffer.alloc(5);
  const present = (wrong.userPresent ?? true) ? FLAGS.userPresent : 0;
  const verified = (wrong.userVerified ?? true) ? FLAGS.userVerified : 0;
  head.writeUInt8(flags | present | verified, 0);
  head.writeUInt32BE(wrong.counter ?? credential.counter, 1);
  return Buffer.concat([sha256(Buffer.from(wrong.rpId ?? credential.rpId)), head, rest]);
}

function attestedCredentialData(id: string, publicKey: Buffer): Buffer {
  const credentialId = Buffer.from(id, 'base64url');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(credentialId.length);
  return Buffer.concat([Buffer.alloc(16), length, credentialId, publicKey]);
}

function attestationObject(authData: Buffer, clientData: Buffer, { attestedBy }: Misbehaviour): Buffer {
  const statement = new Map<string, CborValue>();
  if (attestedBy !== undefined) {
    const signature = sign('sha256', Buffer.concat([authData, sha256(clientData)]), attestedBy.privateKey);
    statement.set('alg', -7).set('sig', signature).set('x5c', [attestedBy.certificate]);
  }
  return encodeCbor(
    new Map<string, CborValue>([
      ['fmt', attestedBy === undefined ? 'none' : 'packed'],
      ['attStmt', statement],
      ['authData', authData],
    ]),
  );
}

function sha256(data: Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}
