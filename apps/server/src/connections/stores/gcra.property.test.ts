import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gcraGiveBack, gcraTake } from './gcra.ts';

const limits = fc.record({
  intervalMs: fc.integer({ min: 1, max: 10_000 }),
  burst: fc.integer({ min: 1, max: 50 }),
});
const pauses = fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 1, maxLength: 200 });

describe('generic cell rate algorithm', () => {
  it('in any window lets at most the burst plus the rate through', () => {
    fc.assert(
      fc.property(limits, pauses, (limit, waits) => {
        const passed = run(limit, waits);
        for (let i = 0; i < passed.length; i += 1) {
          for (let j = i; j < passed.length; j += 1) {
            const window = (passed[j] ?? 0) - (passed[i] ?? 0);
            expect(j - i + 1).toBeLessThanOrEqual(limit.burst + Math.floor(window / limit.intervalMs));
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('lets through what is sent at exactly the time it named, and refuses a millisecond before', () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 0, max: 1e12 }), (limit, now) => {
        let arrival: number | undefined;
        for (let i = 0; i < limit.burst; i += 1) arrival = gcraTake(arrival, now, limit).arrivalMs ?? arrival;
        const refused = gcraTake(arrival, now, limit);
        expect(refused.allowed).toBe(false);
        expect(gcraTake(arrival, now + refused.retryAfterMs, limit).allowed).toBe(true);
        expect(gcraTake(arrival, now + refused.retryAfterMs - 1, limit).allowed).toBe(false);
      }),
    );
  });

  it('says how many would pass at once, and is right', () => {
    fc.assert(
      fc.property(limits, pauses, (limit, waits) => {
        let now = 0;
        let arrival: number | undefined;
        for (const wait of waits.slice(0, 30)) {
          now += wait;
          const step = gcraTake(arrival, now, limit);
          arrival = step.arrivalMs ?? arrival;
          if (step.allowed) expect(countAtOnce(arrival, now, limit)).toBe(step.remaining);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('returns to the state before when a request is given back', () => {
    fc.assert(
      fc.property(limits, fc.integer({ min: 1, max: 20 }), (limit, taken) => {
        let arrival: number | undefined;
        for (let i = 0; i < Math.min(taken, limit.burst); i += 1)
          arrival = gcraTake(arrival, 0, limit).arrivalMs;
        const before = arrival;
        const step = gcraTake(arrival, 0, limit);
        if (step.allowed) expect(gcraGiveBack(step.arrivalMs, 0, limit)).toBe(before);
      }),
    );
  });
});

function run(limit: { intervalMs: number; burst: number }, waits: readonly number[]): number[] {
  let now = 0;
  let arrival: number | undefined;
  const passed: number[] = [];
  for (const wait of waits) {
    now += wait;
    const step = gcraTake(arrival, now, limit);
    arrival = step.arrivalMs ?? arrival;
    if (step.allowed) passed.push(now);
  }
  return passed;
}

function countAtOnce(
  start: number | undefined,
  now: number,
  limit: { intervalMs: number; burst: number },
): number {
  let arrival = start;
  for (let count = 0; ; count += 1) {
    const step = gcraTake(arrival, now, limit);
    if (!step.allowed) return count;
    arrival = step.arrivalMs;
  }
}
