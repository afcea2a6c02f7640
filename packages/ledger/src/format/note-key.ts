// Keys of signed notes (C2SP signed-note). The key name is the ledger's origin. Defends: a checkpoint of one
// ledger cannot pass as one of another, since name and public key are both bound into the key id and the
// signature covers the origin. Does not defend: whoever holds the seed can sign any tree; that is found only
// by comparing with a checkpoint kept elsewhere.
import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { sha256 } from './hashes.ts';
import { ledgerErrors } from './ledger.errors.ts';
import { decodeBase64, encodeBase64 } from './text-forms.ts';

/** A key that notes are checked with. */
export interface VerifierKey {
  /** Key name = origin of the ledger. */
  readonly name: string;
  /** First four bytes of SHA-256(name || LF || 0x01 || public key). */
  readonly id: Buffer;
  readonly publicKey: KeyObject;
}

/** Signs notes under a name; the private key does not leave it. */
export interface NoteSigner {
  readonly name: string;
  readonly id: Buffer;
  /** The public half in the vkey text form, to hand to every verifier. */
  readonly verifierKey: string;
  /** Ed25519 signature (RFC 8032), 64 bytes. */
  sign(text: Uint8Array): Buffer;
}

const ED25519 = 0x01;
const KEY_BYTES = 32;
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/**
 * A signer from a 32-byte Ed25519 seed. The caller keeps the seed (sealed); the same seed gives the same key
 * for ever. Refuses a wrong seed length or key name with 'ledger-signing-key-malformed'.
 */
export function createSigner(name: string, seed: Uint8Array): NoteSigner {
  if (!isKeyName(name) || seed.length !== KEY_BYTES) throw ledgerErrors.error('ledger-signing-key-malformed');
  const der = Buffer.concat([PKCS8_HEAD, seed]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  const raw = rawPublicKey(createPublicKey(privateKey));
  const id = keyId(name, raw);
  return { name, id, verifierKey: vkeyText(name, id, raw), sign: (text) => sign(null, text, privateKey) };
}

/**
 * Reads a verifier key `<name>+<key id, 8 hex digits>+<base64 of 0x01 and the public key>`. Refuses every
 * other text, and an id that does not belong to name and key, with 'ledger-verifier-key-malformed'.
 */
export function parseVerifierKey(vkey: string): VerifierKey {
  const [name = '', hexId = '', ...rest] = typeof vkey === 'string' ? vkey.split('+') : [];
  const key = decodeBase64(rest.join('+'));
  if (!isKeyName(name) || key?.length !== KEY_BYTES + 1 || key[0] !== ED25519) throw malformed();
  const raw = key.subarray(1);
  const id = keyId(name, raw);
  if (id.toString('hex') !== hexId) throw malformed();
  return { name, id, publicKey: toKeyObject(raw) };
}

/** True if `name` may name a key: not empty, well-formed, without white space, control characters and '+'. */
export function isKeyName(name: string): boolean {
  return typeof name === 'string' && name.isWellFormed() && /^[^\s\p{White_Space}\p{Cc}+]+$/u.test(name);
}

function keyId(name: string, raw: Buffer): Buffer {
  return sha256(Buffer.concat([Buffer.from(`${name}\n`, 'utf8'), Buffer.of(ED25519), raw])).subarray(0, 4);
}

function vkeyText(name: string, id: Buffer, raw: Buffer): string {
  return `${name}+${id.toString('hex')}+${encodeBase64(Buffer.concat([Buffer.of(ED25519), raw]))}`;
}

function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD.length);
}

function toKeyObject(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: 'der', type: 'spki' });
}

function malformed() {
  return ledgerErrors.error('ledger-verifier-key-malformed');
}
