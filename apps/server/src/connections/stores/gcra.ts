import type { Limit, LimitDecision } from './limit-store.ts';

/** A decision and the theoretical arrival time to keep for the key, both in the unit of the arguments. */
export interface GcraStep extends LimitDecision {
  /** Undefined: keep what is kept. */
  readonly arrivalMs: number | undefined;
}

/**
 * One step of the generic cell rate algorithm (ITU-T I.371 annex A) in virtual-scheduling form. `arrivalMs` is what the last
 * step gave for this key, undefined for a key never seen.
 */
export function gcraTake(
  arrivalMs: number | undefined,
  nowMs: number,
  { intervalMs, burst }: Limit,
): GcraStep {
  const start = Math.max(arrivalMs ?? nowMs, nowMs);
  const budget = burst * intervalMs;
  const wait = start + intervalMs - budget - nowMs;
  if (wait > 0) return { allowed: false, remaining: 0, retryAfterMs: Math.ceil(wait), arrivalMs: undefined };
  const next = start + intervalMs;
  const remaining = Math.floor((budget - (next - nowMs)) / intervalMs + 1e-9);
  return { allowed: true, remaining, retryAfterMs: 0, arrivalMs: next };
}

/** The arrival time after one request was given back; undefined when the budget is full again. */
export function gcraGiveBack(
  arrivalMs: number | undefined,
  nowMs: number,
  { intervalMs }: Limit,
): number | undefined {
  if (arrivalMs === undefined || arrivalMs - intervalMs <= nowMs) return undefined;
  return arrivalMs - intervalMs;
}
