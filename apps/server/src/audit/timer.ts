/** Calls back once after a time; injected so that tests need not wait. */
export interface Timer {
  after(delayMs: number, run: () => void): { stop(): void };
}

/** Node's own timer; it does not keep the process alive. */
export const systemTimer: Timer = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs).unref();
    return { stop: () => clearTimeout(timer) };
  },
};
