import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BirthDate, DeathTime, Instant, IsoDate, liesInFuture } from './index.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 1, 28, 12) });
});
afterEach(() => {
  vi.useRealTimers();
});

test.each(['2024-02-29', '2000-02-29', '0001-01-01', '9999-12-31'])('%s is a day', (day) => {
  expect(IsoDate.parse(day)).toBe(day);
});

test.each([
  '2023-02-29',
  '1900-02-29',
  '2026-13-01',
  '2026-00-10',
  '2026-04-31',
  '0000-01-01',
  '26-01-01',
  '1990',
  ' 1990-01-01',
])('%j is no day', (day) => {
  expect(IsoDate.safeParse(day).success).toBe(false);
});

test.each(['2011-04-09T23:58:04-07:00', '2012-10-04T22:48:50+00:00', '2026-01-31T09:30:00.123Z'])(
  '%s is a point in time',
  (instant) => {
    expect(Instant.parse(instant)).toBe(instant);
  },
);

test.each([
  '2026-01-31T09:30:00',
  '2026-01-31',
  '2026-02-30T09:30:00Z',
  '2026-01-31T24:00:00Z',
  '2026-01-31 09:30:00Z',
])('%j is no point in time', (instant) => {
  expect(Instant.safeParse(instant).success).toBe(false);
});

describe('births', () => {
  test('today is taken wherever it has begun, tomorrow is refused', () => {
    expect(BirthDate.safeParse('2026-03-01').success).toBe(true);
    vi.setSystemTime(Date.UTC(2026, 1, 28, 9, 59));
    expect(BirthDate.safeParse('2026-03-01').success).toBe(false);
    expect(BirthDate.safeParse('2026-02-28').success).toBe(true);
  });

  test('a typing error of centuries is refused', () => {
    expect(BirthDate.safeParse('0196-11-27').success).toBe(false);
    expect(BirthDate.safeParse('1799-12-31').success).toBe(false);
    expect(BirthDate.safeParse('1800-01-01').success).toBe(true);
  });
});

test('a death has happened: a day or a point in time that is not to come', () => {
  expect(DeathTime.parse('2020-05-01')).toBe('2020-05-01');
  expect(DeathTime.parse('2020-05-01T10:00:00-05:00')).toBe('2020-05-01T10:00:00-05:00');
  expect(DeathTime.safeParse('2026-03-02').success).toBe(false);
  expect(DeathTime.safeParse('2026-02-28T12:00:01Z').success).toBe(false);
  expect(DeathTime.safeParse('soon').success).toBe(false);
});

test('the future is a pure function of the time given', () => {
  expect(liesInFuture('2020-01-02', Date.UTC(2020, 0, 1, 9))).toBe(true);
  expect(liesInFuture('2020-01-02', Date.UTC(2020, 0, 1, 10))).toBe(false);
});
