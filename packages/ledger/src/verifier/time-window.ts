import { parseTime } from '../format/text-forms.ts';

/** How far an entry's clock may differ from its checkpoints, milliseconds: 5 minutes. */
export const DEFAULT_TOLERANCE_MS = 300_000;

/** True if `time` lies after `limit` plus the tolerance. Both in the ledger's time form. */
export function isAfter(time: string, limit: string, toleranceMs: number): boolean {
  return epoch(time) > epoch(limit) + toleranceMs;
}

/** True if `time` lies before `limit` minus the tolerance. Both in the ledger's time form. */
export function isBefore(time: string, limit: string, toleranceMs: number): boolean {
  return epoch(time) < epoch(limit) - toleranceMs;
}

function epoch(time: string): number {
  return parseTime(time) ?? Number.NaN;
}
