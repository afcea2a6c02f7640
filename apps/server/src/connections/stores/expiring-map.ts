// Values with an end, in this process.
//
// Defends memory: the number of entries is bounded. At the bound what may be forgotten gives way; when nothing may, a new entry is
// refused with `session-store-full`, so that a used proof or a lock is never dropped to make room. Does not look at the clock itself.
import { storeErrors } from './store.errors.ts';

interface Entry<V> {
  readonly value: V;
  readonly expiresAt: number;
}

const SWEEP_INTERVAL_MS = 60_000;
/** A full map is not walked through for every entry that somebody wants in. */
const FULL_SWEEP_INTERVAL_MS = 1_000;

/** A bounded map whose entries end. */
export class ExpiringMap<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #maximum: number;
  readonly #mayForget: (value: V, now: number) => boolean;
  #sweptAt = 0;

  constructor(maximum: number, mayForget: (value: V, now: number) => boolean = () => false) {
    this.#maximum = maximum;
    this.#mayForget = mayForget;
  }

  /** Entries that are kept at the moment. */
  get size(): number {
    return this.#entries.size;
  }

  /** What is kept under the key and has not ended. */
  get(key: string, now: number): V | undefined {
    const entry = this.#entries.get(key);
    return entry !== undefined && entry.expiresAt > now ? entry.value : undefined;
  }

  /** Keeps a value until `expiresAt`. Throws `session-store-full` when no more fit. */
  set(key: string, value: V, expiresAt: number, now: number): void {
    if (now - this.#sweptAt >= SWEEP_INTERVAL_MS) this.sweep(now);
    if (!this.#entries.delete(key) && this.#entries.size >= this.#maximum) this.#makeRoom(now);
    if (expiresAt > now) this.#entries.set(key, { value, expiresAt });
  }

  /** Keeps a value for a time as {@link set} does, under a key that is free; false, and nothing kept, under one that is taken. */
  add(key: string, value: V, livesMs: number, now: number): boolean {
    if (this.get(key, now) !== undefined) return false;
    this.set(key, value, now + livesMs, now);
    return true;
  }

  /** Forgets a key. */
  delete(key: string): void {
    this.#entries.delete(key);
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
  }

  /** Forgets what has ended. */
  sweep(now: number): void {
    this.#sweptAt = now;
    for (const [key, { expiresAt }] of this.#entries) if (expiresAt <= now) this.#entries.delete(key);
  }

  /** What is kept, with the end of each. */
  *entries(): Generator<readonly [string, V, number]> {
    for (const [key, { value, expiresAt }] of this.#entries) yield [key, value, expiresAt];
  }

  #makeRoom(now: number): void {
    if (now - this.#sweptAt >= FULL_SWEEP_INTERVAL_MS) this.sweep(now);
    if (this.#entries.size < this.#maximum) return;
    for (const [key, { value, expiresAt }] of this.#entries) {
      if (expiresAt > now && !this.#mayForget(value, now)) continue;
      this.#entries.delete(key);
      return;
    }
    throw storeErrors.error('session-store-full', { retryAfterSeconds: 60 });
  }
}
