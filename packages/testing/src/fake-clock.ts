import type { Clock } from '@careward/kernel';

/** A clock that stands still until told otherwise. Starts at 2026-01-01T00:00:00Z unless given epoch milliseconds. */
export class FakeClock implements Clock {
  #nowMs: number;

  constructor(startMs: number = Date.UTC(2026, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  /** Moves forward, or back with a negative number. */
  advance(byMs: number): void {
    this.#nowMs += byMs;
  }

  /** Jumps to a point in epoch milliseconds. */
  set(toMs: number): void {
    this.#nowMs = toMs;
  }
}
