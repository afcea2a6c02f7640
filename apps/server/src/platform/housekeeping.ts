import type { SessionWatch } from '../authentication/index.ts';
import type { LoggingService } from '../observability/index.ts';
import type { IdentityContext } from '../request-context/index.ts';
import { systemContext } from './foundations.ts';

const HOUR_MS = 3_600_000;

/** What has rows that serve their time. */
interface Expiring {
  /** Removes the rows that have; answers how many. */
  removeExpired(context: IdentityContext): Promise<number>;
}

/** Removes once an hour what has served its time, and watches over sessions. A failed round is logged and tried again an hour later. */
export class Housekeeping {
  readonly #expiring: readonly Expiring[];
  readonly #sessions: SessionWatch;
  readonly #logging: LoggingService;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(expiring: readonly Expiring[], sessions: SessionWatch, logging: LoggingService) {
    this.#expiring = expiring;
    this.#sessions = sessions;
    this.#logging = logging;
  }

  /** Begins; does not keep the process alive. */
  start(): void {
    this.#sessions.start();
    this.#timer = setInterval(() => {
      this.#running = this.#round();
    }, HOUR_MS).unref();
  }

  /** Ends, after what is under way. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all([this.#running, this.#sessions.stop()]);
  }

  async #round(): Promise<void> {
    try {
      let count = 0;
      for (const each of this.#expiring) count += await each.removeExpired(systemContext());
      this.#logging.info('SYSTEM', 'expired rows removed', { count });
    } catch (error) {
      this.#logging.error('SYSTEM', 'housekeeping failed', error);
    }
  }
}
