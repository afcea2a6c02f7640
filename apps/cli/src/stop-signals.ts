/** A terminal and npm may both deliver one Ctrl-C: a signal this close to the first is the same wish. */
const SAME_WISH_MS = 300;

/** Waits for SIGINT or SIGTERM. Once one has come, the next leaves at once through `leave`. */
export class StopSignals {
  readonly #wished = Promise.withResolvers<void>();
  readonly #leave: () => void;
  #firstAt: number | undefined;

  constructor(leave: () => void) {
    this.#leave = leave;
    process.on('SIGINT', this.#receive);
    process.on('SIGTERM', this.#receive);
  }

  /** Resolves with the first signal, also when it came before anybody asked. */
  get first(): Promise<void> {
    return this.#wished.promise;
  }

  /** Gives the signals back to the system. */
  release(): void {
    process.off('SIGINT', this.#receive);
    process.off('SIGTERM', this.#receive);
  }

  readonly #receive = (): void => {
    const now = performance.now();
    if (this.#firstAt === undefined) {
      this.#firstAt = now;
      this.#wished.resolve();
    } else if (now - this.#firstAt > SAME_WISH_MS) {
      this.#leave();
    }
  };
}
