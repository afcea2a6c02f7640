import { systemClock } from '@careward/kernel';
import { z } from 'zod';

const FARTHEST_ZONE_MS = 14 * 3_600_000;
const EARLIEST_BIRTH = '1800-01-01';

/** A day of the calendar, `YYYY-MM-DD` (RFC 3339 full-date). Refuses days that no calendar has. */
export const IsoDate = z.iso
  .date('must be a day of the calendar as YYYY-MM-DD')
  .refine((value) => !value.startsWith('0000'), 'must be a day of the calendar as YYYY-MM-DD')
  .meta({ id: 'IsoDate', description: 'A day of the calendar, YYYY-MM-DD.' });

/** A point in time with seconds and its offset from UTC (RFC 3339 date-time). Refuses local times without an offset. */
export const Instant = z.iso
  .datetime({
    offset: true,
    error: 'must be a point in time with seconds and offset, as 2026-01-31T09:30:00+01:00',
  })
  .refine((value) => !value.startsWith('0000'), 'must lie after the year 0')
  .meta({ id: 'Instant', description: 'A point in time with its offset from UTC (RFC 3339).' });

/** A date of birth: a real day from 1800 on that has begun somewhere on earth. */
export const BirthDate = IsoDate.refine((value) => value >= EARLIEST_BIRTH, 'must not lie before 1800')
  .refine((value) => !liesInFuture(value), 'must not lie in the future')
  .meta({ id: 'BirthDate', description: 'A day of the calendar, not in the future.' });

/** When somebody died: a point in time, or only the day where no more is known. Not in the future. */
export const DeathTime = z
  .union([IsoDate, Instant], { error: 'must be a day or a point in time with offset' })
  .refine((value) => !liesInFuture(value), 'must not lie in the future')
  .meta({ id: 'DeathTime', description: 'A point in time with offset, or a day of the calendar.' });

/**
 * Whether a day has begun nowhere on earth yet, or a point in time is still to come. A day begins first in UTC+14, and a person
 * born there today must not be refused by a server elsewhere.
 */
export function liesInFuture(value: string, nowMs: number = systemClock.now()): boolean {
  const isDay = value.length === 'YYYY-MM-DD'.length;
  return isDay
    ? value > new Date(nowMs + FARTHEST_ZONE_MS).toISOString().slice(0, value.length)
    : Date.parse(value) > nowMs;
}
