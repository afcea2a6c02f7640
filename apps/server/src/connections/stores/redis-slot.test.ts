import { describe, expect, it } from 'vitest';
import { crc16, slotOf } from './redis-slot.ts';

describe('the slot of a key', () => {
  it('is CRC-16/XMODEM, as the specification of the cluster checks it', () => {
    expect(crc16(Buffer.from('123456789'))).toBe(0x31c3);
  });

  // What CLUSTER KEYSLOT of Redis 7.0.15 answers.
  it.each([
    ['foo', 12182],
    ['{user1000}.following', 3443],
    ['{user1000}.followers', 3443],
    ['foo{}{bar}', 8363],
    ['foo{{bar}}zap', 4015],
    ['foo{bar}{zap}', 5061],
    ['', 0],
  ])('%j is in %d', (key, slot) => {
    expect(slotOf(key)).toBe(slot);
  });
});
