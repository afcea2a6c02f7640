/**
 * The unwrapped keys a Keyring keeps at hand: a bounded number, for a bounded time by the injected clock. A key is found
 * by its wrapped bytes and given out only if everything it was opened for is asked for again, so that a kept key never
 * answers a question that unwrapping would have refused.
 */
import type { Clock } from '@careward/kernel';
import { LRUCache } from 'lru-cache';
import type { WrappedKey } from './wrapped-key.ts';

/** Limits of what is kept. `maxAgeMs` counts from unwrapping, not from the last use. */
export interface OpenedKeyLimits {
  readonly maxKeys: number;
  readonly maxAgeMs: number;
}

/** What a wrapped key was opened for. `parent` is the scope key that opened it, or undefined for the region's. */
export interface OpenedFor {
  readonly parent: object | undefined;
  readonly kind: string;
  readonly clinicId: string;
  readonly patientId: string;
}

interface Entry<K> extends OpenedFor {
  readonly version: number;
  readonly key: K;
  readonly openedAtMs: number;
}

/** A bounded cache of keys of one type. */
export class OpenedKeys<K extends object> {
  readonly #entries: LRUCache<string, Entry<K>>;
  readonly #maxAgeMs: number;
  readonly #clock: Clock;

  constructor(limits: OpenedKeyLimits, clock: Clock) {
    this.#entries = new LRUCache({ max: limits.maxKeys });
    this.#maxAgeMs = limits.maxAgeMs;
    this.#clock = clock;
  }

  /** How many keys are held. */
  get size(): number {
    return this.#entries.size;
  }

  find(purpose: OpenedFor, wrapped: WrappedKey): K | undefined {
    const name = nameOf(wrapped);
    const entry = this.#entries.get(name);
    if (!entry || !isFor(entry, purpose, wrapped)) return undefined;
    const ageMs = this.#clock.now() - entry.openedAtMs;
    if (ageMs >= 0 && ageMs < this.#maxAgeMs) return entry.key;
    this.#entries.delete(name);
    return undefined;
  }

  keep(purpose: OpenedFor, wrapped: WrappedKey, key: K): K {
    const entry = { ...purpose, version: wrapped.version, key, openedAtMs: this.#clock.now() };
    this.#entries.set(nameOf(wrapped), entry);
    return key;
  }

  /** Drops the keys of one patient; walks through everything that is held. */
  forgetPatient(clinicId: string, patientId: string): void {
    for (const [name, entry] of [...this.#entries.entries()]) {
      if (entry.clinicId === clinicId && entry.patientId === patientId) this.#entries.delete(name);
    }
  }
}

function nameOf(wrapped: WrappedKey): string {
  return wrapped.wrapped.toString('latin1');
}

function isFor<K>(entry: Entry<K>, purpose: OpenedFor, wrapped: WrappedKey): boolean {
  return (
    entry.version === wrapped.version &&
    entry.parent === purpose.parent &&
    entry.kind === purpose.kind &&
    entry.clinicId === purpose.clinicId &&
    entry.patientId === purpose.patientId
  );
}
