import { describe, expect, it } from 'vitest';
import { tilePath, tileWidth } from './tiles.ts';

describe('tile addressing (C2SP tlog-tiles)', () => {
  it.each([
    [0, 0, 256, 'tile/0/000'],
    [0, 273, 112, 'tile/0/273.p/112'],
    [2, 999, 1, 'tile/2/999.p/1'],
    [1, 1000, 256, 'tile/1/x001/000'],
    [0, 1234067, 256, 'tile/0/x001/x234/067'],
    [0, 2 ** 40, 256, 'tile/0/x001/x099/x511/x627/776'],
  ])('level %i, index %i, width %i', (level, index, width, path) => {
    expect(tilePath(level, index, width)).toBe(path);
  });

  it('a tree of 70,000 leaves has the tiles the standard names', () => {
    const widths = [0, 272, 273, 274].map((index) => tileWidth(0, index, 70_000));
    expect(widths).toEqual([256, 256, 112, 0]);
    expect([tileWidth(1, 0, 70_000), tileWidth(1, 1, 70_000), tileWidth(2, 0, 70_000)]).toEqual([256, 17, 1]);
    expect([tileWidth(0, 0, 256), tileWidth(1, 0, 256)]).toEqual([256, 1]);
  });

  it.each([
    [-1, 0, 1],
    [64, 0, 1],
    [0, -1, 1],
    [0, 0.5, 1],
    [0, 0, 0],
    [0, 0, 257],
  ])('level %d, index %d, width %d is no tile', (level, index, width) => {
    const path = () => tilePath(level, index, width);
    expect(path).toThrow(expect.objectContaining({ code: 'ledger-index-out-of-range' }));
  });
});
