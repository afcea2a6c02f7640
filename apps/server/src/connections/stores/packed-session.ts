// How accounts and sessions are written in the shared store: see redis-library.ts for the other side.
import { createHash } from 'node:crypto';
import type { AccountId, SessionId } from '@careward/kernel';
import type { SessionRecord } from './identity-store.ts';

const FIXED_BYTES = 102;
const HASH_BYTES = 16;
const NEEDS_PROOF = 1;

/** A session as the library packs it. Throws RangeError when the bytes are none. */
export function unpackSession(accountId: AccountId, packed: Buffer): SessionRecord {
  if (packed.length < FIXED_BYTES) throw new RangeError('too short for a session');
  return {
    accountId,
    sessionId: idFromBytes(packed.subarray(0, 16)) as SessionId,
    createdAt: packed.readUIntLE(24, 6),
    lastSeenAt: packed.readUIntLE(30, 6),
    absoluteExpiresAt: packed.readUIntLE(36, 6),
    idleMs: packed.readUIntLE(42, 5),
    epoch: packed.readUInt32LE(47),
    rightsVersion: packed.readUInt32LE(51),
    needsProof: ((packed[55] ?? 0) & NEEDS_PROOF) !== 0,
    fingerprint: packed.toString('hex', 56, 64),
    body: packed.toString('utf8', FIXED_BYTES),
  };
}

/** The 16 bytes of an id. */
export function idBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

/** The id of 16 bytes. */
export function idFromBytes(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** An account's part of a key, with which all its keys lie on one node. */
export function accountTag(accountId: AccountId): string {
  return `{${idBytes(accountId).toString('base64url')}}`;
}

/** The account of a key that {@link accountTag} is part of. */
export function accountOfKey(key: string): AccountId {
  const tag = key.slice(key.indexOf('{') + 1, key.indexOf('}'));
  return idFromBytes(Buffer.from(tag, 'base64url')) as AccountId;
}

/** What is kept of a refresh token's hash: 128 bits, zero for none. */
export function hashBytes(hash: string): Buffer {
  if (hash === '') return Buffer.alloc(HASH_BYTES);
  return createHash('sha256').update(hash).digest().subarray(0, HASH_BYTES);
}

/** 16 hexadecimal digits as 8 bytes. */
export function fingerprintBytes(fingerprint: string): Buffer {
  if (!/^[0-9a-f]{16}$/.test(fingerprint)) throw new RangeError('a fingerprint has 16 hexadecimal digits');
  return Buffer.from(fingerprint, 'hex');
}
