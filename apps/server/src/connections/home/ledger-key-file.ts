// The Ed25519 key of ledger checkpoints on disk. It outlives every database, so it lies outside of it.
//
// Defends against a key of another region or purpose being used by mistake, and against a public half that does not belong to
// the private one. A file says who made it: `development` keys are refused in production. The private key lies on disk in clear,
// protected by the file's mode only; where that is not enough, an HSM or KMS belongs in its place.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { Secret } from '@careward/kernel';
import { z } from 'zod';
import { homeErrors } from './home.errors.ts';
import { createPrivateFile, readPrivateFile } from './private-file.ts';

/** Who made a key: the operator on purpose, or the server by itself for development. */
export type KeyOrigin = 'operator' | 'development';

/** An Ed25519 key pair with its RFC 7638 thumbprint. */
export interface LedgerKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** The 32 bytes both are made from (RFC 8032 section 5.1.5). */
  readonly seed: Secret<Buffer>;
  readonly origin: KeyOrigin;
}

const base64Url = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const fileSchema = z.strictObject({
  format: z.string(),
  region: z.string(),
  origin: z.enum(['operator', 'development']),
  keys: z.tuple([
    z.strictObject({
      kty: z.literal('OKP'),
      crv: z.literal('Ed25519'),
      kid: base64Url,
      x: base64Url,
      d: base64Url,
    }),
  ]),
});

/** What the key signs: part of the file, so that no other key stands in for it. */
const FORMAT = 'careward-ledger-key-v1';

/** Where a key file is and what it has to be. */
export interface LedgerKeyPlace {
  readonly path: string;
  readonly region: string;
}

/** Makes a key file with a fresh key. False, and nothing changed, when a file is there already. */
export async function createLedgerKeyFile(place: LedgerKeyPlace, origin: KeyOrigin): Promise<boolean> {
  const { kty, crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  const keys = [{ kty, crv, kid: thumbprint(String(x)), x, d }];
  const file = { format: FORMAT, region: place.region, origin, keys };
  return await createPrivateFile(place.path, `${JSON.stringify(file, null, 2)}\n`);
}

/**
 * Reads a key file.
 * @throws CarewardError `home-unusable` when there is none, `home-exposed` when others could have reached it,
 * `home-file-malformed` when it is not a key of this purpose and region
 */
export async function readLedgerKeyFile(place: LedgerKeyPlace): Promise<LedgerKey> {
  const text = await readPrivateFile(place.path);
  if (text === undefined) throw homeErrors.error('home-unusable', { detail: `${place.path} does not exist` });
  const file = parse(text, place);
  const [{ kid, x, d }] = file.keys;
  const privateKey = privateKeyOf(x, d);
  const publicKey = privateKey && createPublicKey(privateKey);
  if (!privateKey || publicKey?.export({ format: 'jwk' }).x !== x || kid !== thumbprint(x)) {
    throw malformed(place.path, 'the halves of its key do not belong together');
  }
  return {
    keyId: kid,
    privateKey,
    publicKey,
    seed: Secret.of(Buffer.from(d, 'base64url')),
    origin: file.origin,
  };
}

function parse(text: string, { path, region }: LedgerKeyPlace): z.infer<typeof fileSchema> {
  const parsed = fileSchema.safeParse(jsonOf(text));
  if (!parsed.success) throw malformed(path, 'it is no signing key file');
  if (parsed.data.format !== FORMAT) throw malformed(path, 'its key is for another purpose');
  if (parsed.data.region !== region) throw malformed(path, 'its key is of another region');
  return parsed.data;
}

/** Undefined when the halves differ. The library's error is dropped: it may quote the key. */
function privateKeyOf(x: string, d: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x, d }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function thumbprint(x: string): string {
  return createHash('sha256')
    .update(JSON.stringify({ crv: 'Ed25519', kty: 'OKP', x }))
    .digest('base64url');
}

function malformed(path: string, what: string) {
  return homeErrors.error('home-file-malformed', { detail: `${path}: ${what}` });
}
