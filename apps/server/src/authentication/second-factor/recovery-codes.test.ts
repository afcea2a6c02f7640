import { describe, expect, it } from 'vitest';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts';

const ROUNDS = 200;

describe('recovery codes', () => {
  it('have 128 random bits each, so that their plain hash tells nothing', () => {
    const codes = Array.from({ length: ROUNDS }, newRecoveryCodes).flat();
    for (const { text } of codes) expect(text).toMatch(/^(?:[0-9a-f]{4}-){7}[0-9a-f]{4}$/);
    expect(new Set(codes.map(({ text }) => text)).size).toBe(codes.length);
    for (const share of onesOfEachBit(codes.map(({ text }) => text))) {
      // 2,000 codes: seven standard deviations are 8 per cent.
      expect(share).toBeGreaterThan(0.42);
      expect(share).toBeLessThan(0.58);
    }
  });

  it('are ten, and their hashes hold none of them', () => {
    const codes = newRecoveryCodes();
    expect(codes).toHaveLength(10);
    for (const { text, hash } of codes) {
      expect(hash).toHaveLength(32);
      expect(hash.toString('hex')).not.toContain(text.replaceAll('-', '').slice(0, 8));
      expect(recoveryCodeHash(text)).toEqual(hash);
    }
  });

  it.each(['', '0', 'f'.repeat(31), 'f'.repeat(33), 'g'.repeat(32), `${'f'.repeat(32)}\0`, 'ｆ'.repeat(32)])(
    'do not look like %j',
    (typed) => {
      expect(recoveryCodeHash(typed)).toBeUndefined();
    },
  );
});

/** For each of the 128 bits, how many of the codes have it set. */
function onesOfEachBit(texts: readonly string[]): number[] {
  const codes = texts.map((text) => BigInt(`0x${text.replaceAll('-', '')}`));
  return Array.from(
    { length: 128 },
    (_, bit) => codes.filter((code) => (code >> BigInt(bit)) & 1n).length / codes.length,
  );
}
