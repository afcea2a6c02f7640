import { createSecretKey, type KeyObject } from 'node:crypto';
import { readSharedJson, sharedDataAbsent } from '@careward/testing';
import { describe, expect, it } from 'vitest';
import { aes256GcmOpen, aes256GcmSeal, hkdfSha256, hmacSha256 } from './primitives.ts';

interface VectorFile<T, G = object> {
  readonly testGroups: readonly (G & { readonly tests: readonly (T & Vector)[] })[];
}
interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly result: 'valid' | 'invalid' | 'acceptable';
}
interface GcmVector {
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
}
interface HkdfVector {
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
}
interface HmacVector {
  readonly key: string;
  readonly msg: string;
  readonly tag: string;
}

const hex = (text: string) => Buffer.from(text, 'hex');
const secret = (text: string): KeyObject => createSecretKey(hex(text));

const gcm = readSharedJson<VectorFile<GcmVector, { keySize: number; ivSize: number; tagSize: number }>>(
  'crypto',
  'aes_gcm_test.json',
);
const hkdf = readSharedJson<VectorFile<HkdfVector>>('crypto', 'hkdf_sha256_test.json');
const hmac = readSharedJson<VectorFile<HmacVector, { tagSize: number }>>('crypto', 'hmac_sha256_test.json');
const present = gcm && hkdf && hmac;

describe.skipIf(!present)(present ? 'published vectors (Wycheproof)' : sharedDataAbsent, () => {
  const gcmTests = (gcm?.testGroups ?? [])
    .filter((group) => group.keySize === 256 && group.ivSize === 96 && group.tagSize === 128)
    .flatMap((group) => group.tests);

  it('AES-256-GCM opens every valid vector and refuses every invalid one', () => {
    for (const vector of gcmTests) {
      const open = () =>
        aes256GcmOpen(secret(vector.key), hex(vector.iv), hex(vector.aad), hex(vector.ct + vector.tag));
      if (vector.result === 'valid') expect(open().toString('hex'), named(vector)).toBe(vector.msg);
      else expect(open, named(vector)).toThrow();
    }
    expect(count(gcmTests)).toEqual({ valid: 39, invalid: 27 });
  });

  it('AES-256-GCM seals every valid vector to the published bytes', () => {
    for (const vector of gcmTests.filter((one) => one.result === 'valid')) {
      const message = hex(vector.msg);
      const target = Buffer.alloc(message.length + 16);
      aes256GcmSeal(secret(vector.key), hex(vector.iv), hex(vector.aad), message, target, 0);
      expect(target.toString('hex'), named(vector)).toBe(vector.ct + vector.tag);
    }
  });

  it('HKDF-SHA256 derives every valid vector and refuses lengths over 8,160', () => {
    const tests = hkdf?.testGroups.flatMap((group) => group.tests) ?? [];
    for (const vector of tests) {
      const derive = () => hkdfSha256(secret(vector.ikm), hex(vector.salt), hex(vector.info), vector.size);
      if (vector.result === 'valid') expect(derive().toString('hex'), named(vector)).toBe(vector.okm);
      else expect(derive, named(vector)).toThrow();
    }
    expect(tests.length).toBe(86);
  });

  it('HMAC-SHA256 gives every valid tag, whole and truncated, and no invalid one', () => {
    let tests = 0;
    for (const group of hmac?.testGroups ?? []) {
      for (const vector of group.tests) {
        const tag = hmacSha256(secret(vector.key), hex(vector.msg)).subarray(0, group.tagSize / 8);
        expect(tag.toString('hex') === vector.tag, named(vector)).toBe(vector.result === 'valid');
        tests += 1;
      }
    }
    expect(tests).toBe(174);
  });
});

function named(vector: Vector): string {
  return `case ${vector.tcId} (${vector.result}): ${vector.comment}`;
}

function count(vectors: readonly Vector[]): { valid: number; invalid: number } {
  const valid = vectors.filter((vector) => vector.result === 'valid').length;
  return { valid, invalid: vectors.length - valid };
}
