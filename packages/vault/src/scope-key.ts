/**
 * The key of a clinic or of the platform. It never encrypts anything itself: HKDF derives one key for each job, so that
 * a wrapped key can never be taken for a cell and no blind index for a fingerprint.
 *
 * A blind index reveals which rows of one column of one clinic hold equal values, and to whoever holds the key it allows
 * guessing; it reveals nothing across clinics or columns. It changes with the version of the scope's key.
 */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { DataKey, keyBytes } from './data-key.ts';
import { encodeParts } from './length-prefix.ts';
import { hkdfSha256, hmacSha256 } from './primitives.ts';

const label = 'careward.scope-key.v1';
const blindIndexBytes = 16;
const noSalt = Buffer.alloc(0);
const keptDerivedKeys = 256;

let wrapping: (scope: ScopeKey) => DataKey;

/** An unwrapped clinic key, or the platform key (`clinicId` ''). Only a Keyring makes one. */
export class ScopeKey {
  readonly version: number;
  readonly clinicId: string;
  readonly #root: KeyObject;
  readonly #macKeys = new Map<string, KeyObject>();
  #data: DataKey | undefined;
  #wrapping: DataKey | undefined;

  static {
    wrapping = (scope) => {
      scope.#wrapping ??= new DataKey(scope.version, scope.#derive(['wrap']));
      return scope.#wrapping;
    };
  }

  /** Takes the root over from `root` and wipes it. */
  constructor(version: number, clinicId: string, root: Buffer) {
    this.version = version;
    this.clinicId = clinicId;
    this.#root = createSecretKey(root);
    root.fill(0);
  }

  /** The key for rows that belong to the scope itself and to no patient. */
  dataKey(): DataKey {
    this.#data ??= new DataKey(this.version, this.#derive(['data']));
    return this.#data;
  }

  /** 16 bytes that are equal for equal values of one column inside this scope. The value is used as it is given. */
  blindIndex(table: string, column: string, value: string): Buffer {
    return hmacSha256(this.#macKey(['blind-index', table, column]), value).subarray(0, blindIndexBytes);
  }

  /** A 32-byte keyed digest, equal for equal bytes and purpose inside this scope. */
  fingerprint(purpose: string, bytes: Buffer): Buffer {
    return hmacSha256(this.#macKey(['fingerprint', purpose]), bytes);
  }

  #macKey(job: readonly string[]): KeyObject {
    const name = JSON.stringify(job);
    const kept = this.#macKeys.get(name);
    if (kept) return kept;
    const derived = createSecretKey(this.#derive(job));
    if (this.#macKeys.size < keptDerivedKeys) this.#macKeys.set(name, derived);
    return derived;
  }

  #derive(job: readonly string[]): Buffer {
    return hkdfSha256(this.#root, noSalt, encodeParts([label, ...job]), keyBytes);
  }
}

/** The key under which a scope's patient keys are wrapped; for the vault's own files only. */
export function wrappingKeyOf(scope: ScopeKey): DataKey {
  return wrapping(scope);
}
