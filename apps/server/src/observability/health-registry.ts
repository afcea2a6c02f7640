// Whether the server is alive and ready, for orchestrators and people.
//
// Tells the state of each dependency by name and nothing else: no address, no version, no error text, since anybody may ask.
// Answers are kept for a moment, so that asking often costs the dependencies nothing.
import type { Clock } from '@careward/kernel';

/** `degraded`: works with a stated restriction, for example limits kept in the process. */
export type DependencyState = 'up' | 'degraded' | 'down';

/** The state of one dependency. */
export interface DependencyReport {
  readonly state: DependencyState;
}

/** What `/health/ready` answers: 200 unless `status` is `down`. */
export interface ReadinessReport {
  readonly status: DependencyState;
  readonly dependencies: Readonly<Record<string, DependencyReport>>;
}

/** Looks at a dependency. Throwing or taking too long means `down`, `undefined` means `up`. */
export type HealthCheck = () => Promise<DependencyState | undefined>;

const CHECK_TIMEOUT_MS = 2_000;
const KEEP_MS = 1_000;

/** The checks of the server's dependencies. */
export class HealthRegistry {
  readonly #clock: Clock;
  readonly #checks = new Map<string, HealthCheck>();
  #kept: { readonly report: Promise<ReadinessReport>; readonly at: number } | undefined;
  #isStopping = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Adds a dependency; the name is public. */
  register(name: string, check: HealthCheck): void {
    this.#checks.set(name, check);
  }

  /** From here on the server is not ready: no new work should be sent to it. */
  beginStop(): void {
    this.#isStopping = true;
    this.#kept = undefined;
  }

  /** Whether {@link beginStop} was called. */
  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** The process runs and answers. Says nothing of its dependencies: restarting would not repair them. */
  live(): { readonly status: 'up' } {
    return { status: 'up' };
  }

  /** Whether requests can be served. Never throws. */
  async ready(): Promise<ReadinessReport> {
    const now = this.#clock.now();
    if (!this.#kept || now - this.#kept.at >= KEEP_MS) this.#kept = { report: this.#look(), at: now };
    return await this.#kept.report;
  }

  async #look(): Promise<ReadinessReport> {
    const entries = await Promise.all(
      [...this.#checks].map(async ([name, check]) => [name, { state: await stateOf(check) }] as const),
    );
    const states = entries.map(([, { state }]) => state);
    return {
      status: this.#isStopping ? 'down' : worstOf(states),
      dependencies: Object.fromEntries(entries),
    };
  }
}

async function stateOf(check: HealthCheck): Promise<DependencyState> {
  const { promise, resolve } = Promise.withResolvers<DependencyState>();
  const timer = setTimeout(() => resolve('down'), CHECK_TIMEOUT_MS);
  try {
    return await Promise.race([promise, check().then((state) => state ?? 'up')]);
  } catch {
    return 'down';
  } finally {
    clearTimeout(timer);
  }
}

function worstOf(states: readonly DependencyState[]): DependencyState {
  if (states.includes('down')) return 'down';
  return states.includes('degraded') ? 'degraded' : 'up';
}
