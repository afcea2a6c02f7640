// Rate limits by name.
//
// Defends everything behind it from being tried at speed. What a limit counts is chosen by its caller. When the shared store is down limits are kept in this process; they are never skipped (see FallbackLimitStore).
import type { LimitsConfiguration } from '../config/index.ts';
import type { Limit, LimitDecision, LimitStore } from '../connections/index.ts';
import { edgeErrors } from './edge.errors.ts';

/**
 * The limits that exist. `address`: every request of one client address. `account`, `clinic`: every request of a signed-in person, and of
 * everybody in one clinic. `authentication`: failed sign-ins of one address. `mail-cause`, `mail-recipient`: mails that somebody without a session
 * causes, by address of the client and by who gets them.
 */
export type LimitName = 'address' | 'account' | 'clinic' | 'authentication' | 'mail-cause' | 'mail-recipient';

/** Told of every decision. */
export type LimitListener = (name: LimitName, decision: LimitDecision) => void;

const MINUTE_MS = 60_000;
/** Five failed sign-ins in fifteen minutes. */
const AUTHENTICATION_LIMIT: Limit = { intervalMs: 3 * MINUTE_MS, burst: 5 };

/** The limits that a configuration asks for. */
export function limitsFrom(configuration: LimitsConfiguration): Readonly<Record<LimitName, Limit>> {
  return {
    address: { intervalMs: MINUTE_MS / configuration.addressPerMinute, burst: configuration.addressBurst },
    account: { intervalMs: MINUTE_MS / configuration.accountPerMinute, burst: configuration.accountBurst },
    clinic: { intervalMs: MINUTE_MS / configuration.clinicPerMinute, burst: configuration.clinicBurst },
    authentication: AUTHENTICATION_LIMIT,
    'mail-cause': perHour(configuration.mailPerHour),
    'mail-recipient': perHour(Math.floor(configuration.mailPerHour / 4)),
  };
}

/** So many an hour, all of them at once. */
function perHour(count: number): Limit {
  return { intervalMs: (60 * MINUTE_MS) / count, burst: count };
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

  /** Returns one request to the limit: for limits that count failures only. */
  async giveBack(name: LimitName, subject: string): Promise<void> {
    await this.#store.giveBack(`${name}:${subject}`, this.#limits[name]);
  }

  /** Tells of a decision that was made together with others. */
  report(name: LimitName, decision: LimitDecision): void {
    this.#onDecision(name, decision);
  }
}

/** The refusal of a decision, with whole seconds to wait. */
export function rateLimited(decision: LimitDecision) {
  const retryAfterSeconds = Math.max(1, Math.ceil(decision.retryAfterMs / 1_000));
  return edgeErrors.error('edge-rate-limited', { retryAfterSeconds });
}
