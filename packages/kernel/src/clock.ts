/** The time, injected wherever behaviour depends on it. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
}

/** The operating system's wall clock. */
export const systemClock: Clock = Object.freeze({ now: () => Date.now() });
