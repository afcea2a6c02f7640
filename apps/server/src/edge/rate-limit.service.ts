// Rate limits by name.
//
// Defends everything behind it from being tried at speed. What a limit counts is chosen by its caller. When the shared store is down limits are kept in this process; they are never skipped (see FallbackLimitStore).
import type { LimitsConfiguration } from '../config/index.ts';
import type { Limit, LimitDecision, LimitStore } from '../connections/index.ts';
import { edgeErrors } from './edge.errors.ts';

/** The limits that exist. `address`: every request of one client address. */
export type LimitName = 'address';

/** Told of every decision. */
export type LimitListener = (name: LimitName, decision: LimitDecision) => void;

const MINUTE_MS = 60_000;

/** The limits that a configuration asks for. */
export function limitsFrom(configuration: LimitsConfiguration): Readonly<Record<LimitName, Limit>> {
  return {
    address: { intervalMs: MINUTE_MS / configuration.addressPerMinute, burst: configuration.addressBurst },
  };
}

/** Takes from named limits. */
export class RateLimitService {
  readonly #store: LimitStore;
  readonly #limits: Readonly<Record<LimitName, Limit>>;
  readonly #onDecision: LimitListener;

  constructor(
    store: LimitStore,
    limits: Readonly<Record<LimitName, Limit>>,
    onDecision: LimitListener = () => undefined,
  ) {
    this.#store = store;
    this.#limits = limits;
    this.#onDecision = onDecision;
  }

  /** The limit of that name. */
  limit(name: LimitName): Limit {
    return this.#limits[name];
  }

  /** Takes one request of `subject` from the limit; the decision says whether it may pass. */
  async take(name: LimitName, subject: string): Promise<LimitDecision> {
    const decision = await this.#store.take(`${name}:${subject}`, this.#limits[name]);
    this.#onDecision(name, decision);
    return decision;
  }
}

/** The refusal of a decision, with whole seconds to wait. */
export function rateLimited(decision: LimitDecision) {
  const retryAfterSeconds = Math.max(1, Math.ceil(decision.retryAfterMs / 1_000));
  return edgeErrors.error('edge-rate-limited', { retryAfterSeconds });
}
