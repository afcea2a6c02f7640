import type { SessionStatistics } from '@careward/api-schema';
import type { Clock } from '@careward/kernel';
import * as z from 'zod';
import type { IdentityStore } from '../../connections/index.ts';

const NAME = 'session-statistics';
/** Counting goes through the whole store: one process does it, at most this often. */
const AT_MOST_EVERY_MS = 9 * 60_000;
const LIVES_MS = 30 * 60_000;

const keptSchema = z.object({ sessions: z.number(), accounts: z.number(), asOf: z.string() });

/** How many sessions there are, counted once for all processes. */
export class SessionStatisticsService {
  readonly #store: IdentityStore;
  readonly #clock: Clock;

  constructor(store: IdentityStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** The last count; counts when there is none. */
  async current(): Promise<SessionStatistics> {
    return (await this.last()) ?? (await this.count());
  }

  /** Counts if nobody did lately. Undefined when somebody did. */
  async countInTurn(): Promise<SessionStatistics | undefined> {
    return (await this.#store.lease(NAME, AT_MOST_EVERY_MS)) ? await this.count() : undefined;
  }

  /** What was counted last, by any process. */
  async last(): Promise<SessionStatistics | undefined> {
    const kept = await this.#store.peek(NAME);
    return kept === undefined ? undefined : keptSchema.parse(JSON.parse(kept));
  }

  /** Removes what has expired and counts what is left. */
  async count(): Promise<SessionStatistics> {
    const { sessions, accounts } = await this.#store.sweep();
    const counted = { sessions, accounts, asOf: new Date(this.#clock.now()).toISOString() };
    await this.#store.keep(NAME, JSON.stringify(counted), LIVES_MS);
    return counted;
  }
}
