// Values with an end, each purpose in a map of its own.
//
// Defends one purpose from another: what anybody may ask for (a passkey's challenge, an attempt at a provider, a proof of a request of
// nobody) fills its own map and takes no place from second factors or from the jobs of this server. A purpose is what stands in a
// name before its colon; names are made by this server alone, so there are few.
import { ExpiringMap } from './expiring-map.ts';

/** Bounded maps by purpose. */
export class PurposeMaps<V> {
  readonly #maps = new Map<string, ExpiringMap<V>>();
  readonly #maximum: number;
  readonly #mayForget: (value: V, now: number) => boolean;

  /** As an {@link ExpiringMap} takes them, for each purpose. */
  constructor(maximum: number, mayForget: (value: V, now: number) => boolean = () => false) {
    this.#maximum = maximum;
    this.#mayForget = mayForget;
  }

  /** The map in which this name is kept. */
  of(name: string): ExpiringMap<V> {
    const purpose = name.slice(0, Math.max(name.indexOf(':'), 0));
    const known = this.#maps.get(purpose);
    if (known !== undefined) return known;
    const made = new ExpiringMap<V>(this.#maximum, this.#mayForget);
    this.#maps.set(purpose, made);
    return made;
  }

  /** Forgets everything. */
  clear(): void {
    this.#maps.clear();
  }
}
