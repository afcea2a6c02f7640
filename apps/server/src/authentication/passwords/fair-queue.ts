// A bounded queue that gives every kind of work its turn.
//
// Defends: rare work (a password change, a proof for a sensitive act) from being starved by a flood of frequent work (sign-ins). Each
// kind has a line of its own, as long as the others; a free place goes to the next kind that waits, round and round. A full line
// refuses its own kind only. Does not limit who asks how often.

/** Refuses work whose line is full. */
export type Refuse = () => Error;

/** At most `concurrency` works at once; at most `queue` of each kind wait. */
export interface QueueLimits {
  readonly concurrency: number;
  readonly queue: number;
}

/** Runs asynchronous work of several kinds, a bounded number at a time, fairly between the kinds. */
export class FairQueue<Kind extends string> {
  readonly #limits: QueueLimits;
  readonly #refuse: Refuse;
  /** The lines in the order of their turns: the kind that was served last stands last. */
  readonly #lines = new Map<Kind, (() => void)[]>();
  #running = 0;

  constructor(limits: QueueLimits, refuse: Refuse) {
    this.#limits = limits;
    this.#refuse = refuse;
  }

  /** Runs the work when its turn has come; rejects at once when the line of its kind is full. */
  async run<T>(kind: Kind, work: () => Promise<T>): Promise<T> {
    await this.#enter(kind);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(kind: Kind): Promise<void> {
    if (this.#running < this.#limits.concurrency) {
      this.#running += 1;
      return;
    }
    const line = this.#lines.get(kind) ?? [];
    if (line.length >= this.#limits.queue) throw this.#refuse();
    this.#lines.set(kind, line);
    await new Promise<void>((resolve) => line.push(resolve));
  }

  #leave(): void {
    for (const [kind, line] of this.#lines) {
      const next = line.shift();
      this.#lines.delete(kind);
      if (next === undefined) continue;
      if (line.length > 0) this.#lines.set(kind, line);
      next();
      return;
    }
    this.#running -= 1;
  }
}
