import { randomInt } from 'node:crypto';

/** Numbers that a seed decides. */
export interface Random {
  /** A whole number from `low` to `high`, both included. */
  between(low: number, high: number): number;
  pick<T>(values: readonly T[]): T;
}

/** The seed of a run: CAREWARD_CHAOS_SEED repeats one, as far as timing lets it. */
export function chaosSeed(): number {
  const seed = Number(process.env.CAREWARD_CHAOS_SEED ?? randomInt(2 ** 31));
  console.info(`CAREWARD_CHAOS_SEED=${seed}`);
  return seed;
}

/** Mulberry32: small, and good enough to choose what happens next. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + Math.floor(fraction() * (high - low + 1));
  const pick = <T>(values: readonly T[]): T => {
    const value = values[between(0, values.length - 1)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  };
  return { between, pick };
}
