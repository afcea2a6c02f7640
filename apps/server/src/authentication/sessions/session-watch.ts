// What is done about sessions by the hour: removed when over, counted, looked at.
//
// Defends the store and the database from filling with what is over, and people from sessions that look stolen. Of several processes on
// one store one does each round. A failure is logged and tried again in the next round; nobody is refused because of it.
import type { IdentityStore } from '../../connections/index.ts';
import type { LoggingService, Metrics } from '../../observability/index.ts';
import type { IdentityContext } from '../../request-context/index.ts';
import type { SessionRepository } from './session.repository.ts';
import type { SessionStatisticsService } from './session-statistics.service.ts';
import type { SessionWatchRepository } from './session-watch.repository.ts';
import type { SuspiciousSessionDetection } from './suspicious-session-detection.ts';

/** What the watch works with. */
export interface SessionWatchParts {
  readonly store: IdentityStore;
  readonly statistics: SessionStatisticsService;
  readonly detection: SuspiciousSessionDetection;
  readonly sessions: SessionRepository;
  readonly repository: SessionWatchRepository;
  readonly metrics: Metrics;
  readonly logging: LoggingService;
  readonly context: () => IdentityContext;
}

const MINUTE_MS = 60_000;

/** How often each round comes. */
const ROUNDS = { 'clean-up': 60 * MINUTE_MS, statistics: 10 * MINUTE_MS, detection: 30 * MINUTE_MS } as const;

/** A round of the watch. */
export type WatchRound = keyof typeof ROUNDS;

/** Does the rounds, each after its time. */
export class SessionWatch {
  readonly #parts: SessionWatchParts;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #running = new Map<WatchRound, Promise<void>>();
  #isStopped = false;

  constructor(parts: SessionWatchParts) {
    this.#parts = parts;
  }

  /** Begins, with a count; does not keep the process alive. */
  start(): void {
    for (const [round, everyMs] of Object.entries(ROUNDS) as [WatchRound, number][]) {
      this.#timers.push(setInterval(() => void this.run(round), everyMs).unref());
    }
    void this.run('statistics');
  }

  /** Ends, after the rounds that run; a walk through the accounts ends at its next step. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    this.#parts.detection.stop();
    await Promise.all(this.#running.values());
  }

  /** Does a round, or waits for the one that runs. Never rejects. */
  run(round: WatchRound): Promise<void> {
    if (this.#isStopped) return Promise.resolve();
    const running = this.#running.get(round) ?? this.#begin(round);
    this.#running.set(round, running);
    return running;
  }

  #begin(round: WatchRound): Promise<void> {
    const work = {
      'clean-up': () => this.#cleanUp(),
      statistics: () => this.#count(),
      detection: () => this.#detect(),
    };
    return this.#guarded(round, work[round]).finally(() => this.#running.delete(round));
  }

  async #cleanUp(): Promise<void> {
    const { statistics, sessions, repository, logging, context } = this.#parts;
    if (!(await this.#isInTurn('clean-up'))) return;
    await this.#guarded('clean-up.store', async () => void (await statistics.count()));
    await this.#guarded('clean-up.revocations', async () => {
      const count = await sessions.removeExpired(context());
      logging.info('SYSTEM', 'revocations removed whose sessions are over', { count });
    });
    await this.#guarded('clean-up.events', async () => {
      const count = await repository.removeOldEvents(context());
      logging.info('SYSTEM', 'security events older than 30 days removed', { count });
    });
  }

  /** Counted by one process, shown by all. */
  async #count(): Promise<void> {
    const { statistics, metrics, logging } = this.#parts;
    const counted = await statistics.countInTurn();
    if (counted)
      logging.info('SYSTEM', 'sessions counted', { count: counted.sessions, accounts: counted.accounts });
    const last = counted ?? (await statistics.last());
    if (last === undefined) return;
    metrics.sessions.set(last.sessions);
    metrics.sessionAccounts.set(last.accounts);
  }

  async #detect(): Promise<void> {
    if (!(await this.#isInTurn('detection'))) return;
    const count = await this.#parts.detection.run();
    if (count > 0) this.#parts.logging.warn('SECURITY', 'suspicious sessions found', { count });
  }

  /** Leased for nearly as long as the round comes round, so that a second process does not repeat it. */
  #isInTurn(round: WatchRound): Promise<boolean> {
    return this.#parts.store.lease(`session-${round}`, ROUNDS[round] - MINUTE_MS);
  }

  async #guarded(action: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#parts.logging.error('SYSTEM', 'watching over sessions failed', error, { action });
    }
  }
}
