// The stated policy for limits when the shared store is down: local limits in each process, never "allow".
//
// Defends against an attacker who takes the store down in order to get rid of the limits. While it lasts, each process keeps the
// whole limit for itself, so n processes together allow up to n times as much. `onChange` makes every change visible.
import type { Clock } from '@careward/kernel';
import type { Limit, LimitDecision, LimitStore } from './limit-store.ts';

/** Of a cluster with one node down some questions fail and others do not: it is back when none has failed for this long. */
const RECOVERED_AFTER_MS = 1_000;

/** What {@link FallbackLimitStore} stands on. */
export interface FallbackParts {
  readonly shared: LimitStore;
  readonly local: LimitStore;
  readonly clock: Clock;
  /** Called when the store goes down (`true`) and when it is back (`false`), not for each request. */
  readonly onChange: (isLocal: boolean) => void;
}

/** A {@link LimitStore} that never throws as long as its local part does not. */
export class FallbackLimitStore implements LimitStore {
  readonly #parts: FallbackParts;
  #isLocal = false;
  #failedAt = 0;

  constructor(parts: FallbackParts) {
    this.#parts = parts;
  }

  /** True while limits are kept in this process. */
  get isLocal(): boolean {
    return this.#isLocal;
  }

  async take(key: string, limit: Limit): Promise<LimitDecision> {
    const { shared, local } = this.#parts;
    return await this.either(
      () => shared.take(key, limit),
      () => local.take(key, limit),
    );
  }

  async giveBack(key: string, limit: Limit): Promise<void> {
    const { shared, local } = this.#parts;
    await this.either(
      () => shared.giveBack(key, limit),
      () => local.giveBack(key, limit),
    );
  }

  async close(): Promise<void> {
    await Promise.all([this.#parts.shared.close(), this.#parts.local.close()]);
  }

  /** Asks the shared store, and when it cannot be asked `local`, which gets the limits of this process. */
  async either<T>(shared: () => Promise<T>, local: (limits: LimitStore) => Promise<T>): Promise<T> {
    try {
      const answer = await shared();
      if (this.#isLocal && this.#parts.clock.now() - this.#failedAt >= RECOVERED_AFTER_MS)
        this.#become(false);
      return answer;
    } catch {
      this.#failedAt = this.#parts.clock.now();
      this.#become(true);
      return await local(this.#parts.local);
    }
  }

  #become(isLocal: boolean): void {
    if (this.#isLocal === isLocal) return;
    this.#isLocal = isLocal;
    this.#parts.onChange(isLocal);
  }
}
