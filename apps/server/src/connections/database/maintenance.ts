import type { Clock } from '@careward/kernel';
import type { Client } from 'pg';

/** Starts and stops a repeating call; injected so that tests need not wait. */
export interface IntervalTimer {
  every(intervalMs: number, run: () => void): { stop(): void };
}

/** Node's own timer; it does not keep the process alive. */
export const systemIntervalTimer: IntervalTimer = {
  every(intervalMs, run) {
    const timer = setInterval(run, intervalMs).unref();
    return { stop: () => clearInterval(timer) };
  },
};

/** When the embedded database is tended: after so many writes, or so long after the first untended one. */
export interface MaintenancePlan {
  readonly afterWrites: number;
  readonly afterMs: number;
  readonly lookEveryMs: number;
}

/** Fits a clinic: minutes of growth, and never more than a few thousand dead rows. */
export const DEFAULT_MAINTENANCE_PLAN: MaintenancePlan = {
  afterWrites: 5_000,
  afterMs: 5 * 60_000,
  lookEveryMs: 15_000,
};

/** What maintenance needs of the world. */
export interface MaintenanceParts {
  readonly plan: MaintenancePlan;
  readonly clock: Clock;
  readonly timer: IntervalTimer;
  readonly asOwner: <T>(work: (owner: Client) => Promise<T>) => Promise<T>;
  readonly onFailure: (error: unknown) => void;
}

/**
 * Does what a server's background processes do and the embedded database lacks: VACUUM (ANALYZE) of every table and CHECKPOINT.
 * Tables are taken one at a time so that requests run in between. A failure is reported and tried again at the next look.
 */
export class DatabaseMaintenance {
  readonly #parts: MaintenanceParts;
  readonly #ticking: { stop(): void };
  #writes = 0;
  #firstWriteAt: number | undefined;
  #running: Promise<void> | undefined;
  #rounds = 0;

  constructor(parts: MaintenanceParts) {
    this.#parts = parts;
    this.#ticking = parts.timer.every(parts.plan.lookEveryMs, () => this.#look());
  }

  /** Completed rounds since opening. */
  get rounds(): number {
    return this.#rounds;
  }

  /** Counts writes towards the next round. */
  noteWrites(count: number): void {
    if (count <= 0) return;
    this.#writes += count;
    this.#firstWriteAt ??= this.#parts.clock.now();
  }

  /** Runs a round unless one is running, and resolves when it is done. */
  run(): Promise<void> {
    this.#running ??= this.#round().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Stops looking and waits for a running round. */
  async stop(): Promise<void> {
    this.#ticking.stop();
    await this.#running?.catch(() => undefined);
  }

  #look(): void {
    if (!this.#isDue() || this.#running) return;
    this.run().catch((error: unknown) => this.#parts.onFailure(error));
  }

  #isDue(): boolean {
    const { plan, clock } = this.#parts;
    if (this.#writes >= plan.afterWrites) return true;
    return this.#firstWriteAt !== undefined && clock.now() - this.#firstWriteAt >= plan.afterMs;
  }

  async #round(): Promise<void> {
    const { asOwner } = this.#parts;
    const tables = await asOwner(listTables);
    this.#writes = 0;
    this.#firstWriteAt = undefined;
    for (const table of tables) await asOwner((owner) => owner.query(`vacuum (analyze) ${table}`));
    await asOwner((owner) => owner.query('checkpoint'));
    this.#rounds += 1;
  }
}

async function listTables(owner: Client): Promise<string[]> {
  const { rows } = await owner.query<{ name: string }>(`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm') and n.nspname not in ('information_schema', 'pg_toast') order by 1`);
  return rows.map((row) => row.name);
}
