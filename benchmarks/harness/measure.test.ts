import { describe, expect, it } from 'vitest';
import { figure, measureSideBySide, processorMicros, summarise } from './measure.ts';

describe('measuring side by side', () => {
  it('takes turns, reverses every other round and throws the warm-up away', async () => {
    const calls: string[] = [];
    const subject = (name: string, costs: readonly number[]) => {
      const left = [...costs];
      return {
        name,
        round: async () => {
          calls.push(name);
          return left.shift() ?? 0;
        },
      };
    };
    const costs = await measureSideBySide(
      [subject('a', [900, 900, 3, 1, 2]), subject('b', [900, 900, 8, 9, 7])],
      3,
    );
    expect(calls.join('')).toBe('abbaabbaab');
    expect(costs).toEqual([
      { name: 'a', best: 1, median: 2, budget: undefined },
      { name: 'b', best: 7, median: 8, budget: undefined },
    ]);
  });

  it('gives no figure for no rounds instead of zero', () => {
    expect(summarise('none', [])).toEqual({ name: 'none', best: Number.NaN, median: Number.NaN });
  });

  it('counts processor time, not waiting', async () => {
    const waited = await processorMicros(1, () => new Promise((resolve) => setTimeout(resolve, 150)));
    expect(waited).toBeLessThan(100_000);
  });

  it.each([
    [1.234, '1.23'],
    [12.34, '12.3'],
    [123.4, '123'],
  ])('prints %d as %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});
