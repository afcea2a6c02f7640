/**
 * The text of a region's key file, strict in both directions: JSON with exactly the members of `KeyFile`.
 *
 * `check` is an HMAC over everything else under a key derived from the newest key. It notices damage, a key pasted from
 * another file, a version taken away and an edited origin, before anything is sealed under a wrong key. Whoever can read
 * the keys can compute it: it is no defence against them.
 */
import { createSecretKey } from 'node:crypto';
import { keyBytes, rejectBadVersion } from './data-key.ts';
import { encodeParts } from './length-prefix.ts';
import { hkdfSha256, hmacSha256 } from './primitives.ts';
import type { RegionKeyMaterial } from './region-keys.ts';
import { vaultErrors } from './vault.errors.ts';

/** Who made the file: a development start by itself, or an operator on purpose. Production refuses 'development'. */
export type KeyFileOrigin = 'development' | 'operator';

/** What a key file holds. Versions rise; the last key is the current one. */
export interface KeyFile {
  readonly region: string;
  readonly origin: KeyFileOrigin;
  readonly keys: readonly RegionKeyMaterial[];
}

const format = 'careward-region-keys-v1';

/** The text to store; ends with a line break. */
export function serializeKeyFile(file: KeyFile): string {
  const keys = file.keys.map(({ version, key }) => ({ version, key: key.toString('base64') }));
  const { region, origin } = file;
  const check = checkOf(file).toString('base64');
  return `${JSON.stringify({ format, region, origin, keys, check }, null, 2)}\n`;
}

/**
 * Reads a key file.
 * @throws CarewardError `vault-key-file-refused` for anything `serializeKeyFile` would not have written for this region
 */
export function parseKeyFile(text: string, region: string): KeyFile {
  const found = parseObject(text);
  if (found.format !== format) throw refused('unknown format');
  if (found.region !== region) throw refused('the keys of another region');
  if (!isOrigin(found.origin)) throw refused('unknown origin');
  const file: KeyFile = { region, origin: found.origin, keys: parseKeys(found.keys) };
  if (serializeKeyFile(file) !== text) throw refused('the content was damaged or edited');
  return file;
}

function checkOf({ region, origin, keys }: KeyFile): Buffer {
  const newest = keys.at(-1);
  if (!newest) throw refused('no key');
  const checkKey = hkdfSha256(
    createSecretKey(newest.key),
    Buffer.alloc(0),
    encodeParts(['careward.region-key.v1', 'key-file-check']),
    keyBytes,
  );
  const listed = keys.flatMap(({ version, key }) => [String(version), key.toString('hex')]);
  return hmacSha256(createSecretKey(checkKey), encodeParts([format, region, origin, ...listed]));
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isObject(value)) return value;
  } catch {
    // The parser's message quotes the text, and with it a key.
  }
  throw refused('not a JSON object');
}

function parseKeys(value: unknown): RegionKeyMaterial[] {
  if (!Array.isArray(value)) throw refused('no list of keys');
  const keys = value.map(parseKey);
  keys.forEach(({ version }, index) => {
    if (version <= (keys[index - 1]?.version ?? 0)) throw refused('versions do not rise');
  });
  return keys;
}

function parseKey(value: unknown): RegionKeyMaterial {
  if (!isObject(value) || typeof value.version !== 'number' || typeof value.key !== 'string') {
    throw refused('a malformed key');
  }
  const key = Buffer.from(value.key, 'base64');
  if (key.length !== keyBytes || !isVersion(value.version)) throw refused('a malformed key');
  return { version: value.version, key };
}

function isVersion(version: number): boolean {
  try {
    rejectBadVersion(version);
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOrigin(value: unknown): value is KeyFileOrigin {
  return value === 'development' || value === 'operator';
}

function refused(detail: string): Error {
  return vaultErrors.error('vault-key-file-refused', { detail });
}
