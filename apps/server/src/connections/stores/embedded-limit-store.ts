// Rate limits in this process: the embedded default, and what the server falls back to when the shared store is down.
//
// Defends memory as well: the number of keys is bounded, so an attacker with many addresses cannot fill it. At the bound the key
// used longest ago is forgotten, which gives that key a fresh budget. Does not know of other processes.
import type { Clock } from '@careward/kernel';
import { gcraGiveBack, gcraTake } from './gcra.ts';
import type { Limit, LimitDecision, LimitStore } from './limit-store.ts';

const SWEEP_INTERVAL_MS = 60_000;

/** A {@link LimitStore} over a bounded map, in order of last use. */
export class EmbeddedLimitStore implements LimitStore {
  readonly #clock: Clock;
  readonly #maxKeys: number;
  readonly #arrivals = new Map<string, number>();
  /** How often a limit was asked. */
  operations = 0;
  #sweptAt: number;

  constructor(clock: Clock, maxKeys = 100_000) {
    this.#clock = clock;
    this.#maxKeys = maxKeys;
    this.#sweptAt = clock.now();
  }

  /** Keys that are kept at the moment. */
  get size(): number {
    return this.#arrivals.size;
  }

  async take(key: string, limit: Limit): Promise<LimitDecision> {
    this.operations += 1;
    return this.takeNow(key, limit);
  }

  /** {@link take} as one step among others that nothing can come between. */
  takeNow(key: string, limit: Limit): LimitDecision {
    const now = this.#clock.now();
    this.#sweep(now);
    const { arrivalMs, ...decision } = gcraTake(this.#arrivals.get(key), now, limit);
    if (arrivalMs !== undefined) this.#keep(key, arrivalMs);
    return decision;
  }

  async giveBack(key: string, limit: Limit): Promise<void> {
    this.operations += 1;
    const arrivalMs = gcraGiveBack(this.#arrivals.get(key), this.#clock.now(), limit);
    if (arrivalMs === undefined) this.#arrivals.delete(key);
    else this.#keep(key, arrivalMs);
  }

  async close(): Promise<void> {
    this.#arrivals.clear();
  }

  #keep(key: string, arrivalMs: number): void {
    this.#arrivals.delete(key);
    if (this.#arrivals.size >= this.#maxKeys) this.#forgetOldest();
    this.#arrivals.set(key, arrivalMs);
  }

  #forgetOldest(): void {
    const oldest = this.#arrivals.keys().next();
    if (!oldest.done) this.#arrivals.delete(oldest.value);
  }

  #sweep(now: number): void {
    if (now - this.#sweptAt < SWEEP_INTERVAL_MS) return;
    this.#sweptAt = now;
    for (const [key, arrivalMs] of this.#arrivals) if (arrivalMs <= now) this.#arrivals.delete(key);
  }
}
