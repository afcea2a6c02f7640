import type { LoggingService } from '../observability/index.ts';
import type { ReceiptHousekeepingRepository } from '../persistence/index.ts';
import { systemContext } from './foundations.ts';

const HOUR_MS = 3_600_000;

/** Removes once an hour what has served its time. A failed round is logged and tried again an hour later. */
export class Housekeeping {
  readonly #receipts: ReceiptHousekeepingRepository;
  readonly #logging: LoggingService;
  #timer: NodeJS.Timeout | undefined;

  constructor(receipts: ReceiptHousekeepingRepository, logging: LoggingService) {
    this.#receipts = receipts;
    this.#logging = logging;
  }

  /** Begins; does not keep the process alive. */
  start(): void {
    this.#timer = setInterval(() => void this.#round(), HOUR_MS).unref();
  }

  /** Ends. */
  stop(): void {
    clearInterval(this.#timer);
  }

  async #round(): Promise<void> {
    try {
      const count = await this.#receipts.removeExpired(systemContext());
      this.#logging.info('SYSTEM', 'expired idempotency receipts removed', { count });
    } catch (error) {
      this.#logging.error('SYSTEM', 'housekeeping failed', error);
    }
  }
}
