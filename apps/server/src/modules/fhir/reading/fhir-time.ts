import { Instant, IsoDate } from '@careward/api-schema';

/** A FHIR dateTime as a point in time with offset; undefined for months, years and what is no time. */
export function pointInTime(value: unknown, clockOfDay = '00:00:00'): string | undefined {
  if (IsoDate.safeParse(value).success) return `${String(value)}T${clockOfDay}Z`;
  return Instant.safeParse(value).data;
}
