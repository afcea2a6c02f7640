import { createHash } from 'node:crypto';
import { FakeClock } from '@careward/testing';
import { describe, expect, it } from 'vitest';
import { DecoyHashes, type HashKinds } from './decoy-hashes.ts';

const indexOf = (n: number) => createHash('sha256').update(String(n)).digest();

async function costsOf(decoys: DecoyHashes): Promise<Record<string, number>> {
  const costs: Record<string, number> = {};
  for (let n = 0; n < 2_000; n += 1) {
    const cost = (await decoys.of(indexOf(n)))?.slice(4, 6) ?? 'today';
    costs[cost] = (costs[cost] ?? 0) + 1;
  }
  return costs;
}

describe('decoys', () => {
  it('have the kinds that accounts have, in their proportion', async () => {
    const kinds: HashKinds = {
      accounts: 1_000,
      bcrypt: [
        { cost: 4, accounts: 300 },
        { cost: 5, accounts: 100 },
      ],
    };
    const costs = await costsOf(new DecoyHashes(async () => kinds, new FakeClock()));
    expect(Math.abs((costs['04'] ?? 0) - 600)).toBeLessThan(80);
    expect(Math.abs((costs['05'] ?? 0) - 200)).toBeLessThan(60);
    expect(Math.abs((costs.today ?? 0) - 1_200)).toBeLessThan(80);
  });

  it('are those of today when no account has another, and where there is none', async () => {
    for (const accounts of [0, 10])
      expect(await costsOf(new DecoyHashes(async () => ({ accounts, bcrypt: [] }), new FakeClock()))).toEqual(
        {
          today: 2_000,
        },
      );
  });

  it('stay the same for an address, and follow the accounts after an hour', async () => {
    const clock = new FakeClock();
    let kinds: HashKinds = { accounts: 1, bcrypt: [{ cost: 4, accounts: 1 }] };
    const decoys = new DecoyHashes(async () => kinds, clock);
    const first = await decoys.of(indexOf(1));
    kinds = { accounts: 1, bcrypt: [] };
    expect(first).toMatch(/^\$2b\$04\$/);
    expect(await decoys.of(indexOf(1))).toBe(first);
    clock.advance(3_600_001);
    expect(await decoys.of(indexOf(1))).toBeUndefined();
  });
});
