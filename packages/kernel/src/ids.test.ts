import { describe, expect, it } from 'vitest';
import { asClinicId, equalInConstantTime, isUuid, newId, systemClock } from './index.ts';

const at = (ms: number) => ({ now: () => ms });

describe('newId', () => {
  it('is a UUIDv7: version 7, variant 10, 48 bits of the clock (RFC 9562 section 5.7)', () => {
    for (let i = 0; i < 1000; i += 1) {
      expect(newId(at(0x017f22e279b0))).toMatch(
        /^017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    }
  });

  it('sorts by the millisecond it was made in', () => {
    const ids = [1, 255, 256, 1e12, 2e12, 2 ** 48 - 1].map((ms) => newId(at(ms)));
    expect(ids.toSorted()).toEqual(ids);
  });

  it('never repeats within a millisecond', () => {
    const ids = Array.from({ length: 20_000 }, () => newId(at(5)));
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('sets every random bit now and then', () => {
    const seen = Array.from({ length: 400 }, () => BigInt(`0x${newId(at(0)).replaceAll('-', '')}`));
    const ones = seen.reduce((a, b) => a | b);
    const zeros = seen.reduce((a, b) => a & b);
    expect(ones ^ zeros).toBe(0x0fff_3fff_ffff_ffff_ffffn);
  });

  it.each([-1, 2 ** 48, Number.NaN])('refuses a clock at %d', (ms) => {
    expect(() => newId(at(ms))).toThrow(RangeError);
  });

  it('uses the wall clock by default', () => {
    const before = systemClock.now();
    const ms = Number.parseInt(newId().replaceAll('-', '').slice(0, 12), 16);
    expect(ms).toBeGreaterThanOrEqual(before);
    expect(ms).toBeLessThanOrEqual(systemClock.now());
  });
});

describe('ids from outside', () => {
  it('are answered in lower case, the one form that is compared', () => {
    expect(asClinicId('017F22E2-79B0-7CC3-98C4-DC0C0C07398F')).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it.each([
    '',
    'x',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398f\n',
    ' 017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    '{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}',
    '017f22e279b07cc398c4dc0c0c07398f',
    '017f22e2-79b0-7cc3-98c4-dc0c0c07398g',
    null,
    7,
    ['017f22e2-79b0-7cc3-98c4-dc0c0c07398f'],
  ])('refuses %j without repeating it', (value) => {
    expect(isUuid(value)).toBe(false);
    expect(() => asClinicId(value)).toThrow(
      expect.objectContaining({ code: 'id-malformed', detail: undefined }),
    );
  });
});

describe('equalInConstantTime', () => {
  it('is equality of bytes, for any length', () => {
    const a = Buffer.from('abc');
    expect(equalInConstantTime(a, new Uint8Array([97, 98, 99]))).toBe(true);
    expect(equalInConstantTime(a, Buffer.from('abd'))).toBe(false);
    expect(equalInConstantTime(a, Buffer.from('ab'))).toBe(false);
    expect(equalInConstantTime(Buffer.alloc(0), Buffer.alloc(0))).toBe(true);
  });
});
