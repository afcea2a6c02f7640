// The stated policy for limits when the shared store is down: local limits in each process, never "allow".
//
// Defends against an attacker who takes the store down in order to get rid of the limits. While it lasts, each process keeps the
// whole limit for itself, so n processes together allow up to n times as much. `onChange` makes every change visible.
import type { Limit, LimitDecision, LimitStore } from './limit-store.ts';

/** What {@link FallbackLimitStore} stands on. */
export interface FallbackParts {
  readonly shared: LimitStore;
  readonly local: LimitStore;
  /** Called when the store goes down (`true`) and when it is back (`false`), not for each request. */
  readonly onChange: (isLocal: boolean) => void;
}

/** A {@link LimitStore} that never throws as long as its local part does not. */
export class FallbackLimitStore implements LimitStore {
  readonly #parts: FallbackParts;
  #isLocal = false;

  constructor(parts: FallbackParts) {
    this.#parts = parts;
  }

  /** True while limits are kept in this process. */
  get isLocal(): boolean {
    return this.#isLocal;
  }

  async take(key: string, limit: Limit): Promise<LimitDecision> {
    return await this.#ask((store) => store.take(key, limit));
  }

  async giveBack(key: string, limit: Limit): Promise<void> {
    await this.#ask((store) => store.giveBack(key, limit));
  }

  async close(): Promise<void> {
    await Promise.all([this.#parts.shared.close(), this.#parts.local.close()]);
  }

  async #ask<T>(question: (store: LimitStore) => Promise<T>): Promise<T> {
    try {
      const answer = await question(this.#parts.shared);
      this.#become(false);
      return answer;
    } catch {
      this.#become(true);
      return await question(this.#parts.local);
    }
  }

  #become(isLocal: boolean): void {
    if (this.#isLocal === isLocal) return;
    this.#isLocal = isLocal;
    this.#parts.onChange(isLocal);
  }
}
