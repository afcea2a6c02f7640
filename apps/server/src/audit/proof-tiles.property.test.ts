import {
  appendLeaves,
  consistencyProof,
  EMPTY_LEDGER,
  inclusionProof,
  type LedgerState,
  verifyConsistency,
  verifyInclusion,
} from '@careward/ledger';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { heldTiles, proofTiles, type StoredTile } from './proof-tiles.ts';

const LARGEST = 70_000;

/** Two levels of tiles and a beginning third; sizes on both sides of every edge. */
const sizes = [1, 2, 3, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 65_792, LARGEST];
const size = fc.oneof(fc.constantFrom(...sizes), fc.integer({ min: 1, max: LARGEST }));

describe('the tiles that are fetched for proofs', () => {
  const commitments = Array.from({ length: LARGEST }, (_, index) => Buffer.alloc(32).fill(`leaf ${index} `));
  const stored = new Map<string, StoredTile>();
  const roots = new Map<number, Buffer>();
  beforeAll(async () => {
    let state: LedgerState = EMPTY_LEDGER;
    for (const end of sizes) {
      const tree = await appendLeaves(state, heldTiles(stored.values()), commitments.slice(state.size, end));
      for (const tile of tree.tiles) stored.set(`${tile.level}/${tile.index}`, tile);
      roots.set(end, tree.root);
      state = tree;
    }
  });

  const fetched = (leaves: readonly number[], end: number) =>
    heldTiles(
      proofTiles(leaves, end).map(({ level, index }) => {
        const tile = stored.get(`${level}/${index}`);
        if (!tile) throw new Error(`asked for tile ${level}/${index}, which no tree of ${end} has`);
        return tile;
      }),
    );

  it('are enough for the inclusion of any leaf at any size, and the proof holds', async () => {
    await fc.assert(
      fc.asyncProperty(size, fc.nat(LARGEST), async (end, at) => {
        const leafIndex = at % end;
        const path = await inclusionProof(fetched([leafIndex], end), leafIndex, end);
        const root = roots.get(end);
        const commitment = commitments[leafIndex];
        if (root && commitment)
          expect(verifyInclusion({ commitment, leafIndex, size: end, path, root })).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('are enough for the consistency of any two sizes, and the proof holds', async () => {
    await fc.assert(
      fc.asyncProperty(size, size, async (a, b) => {
        const [fromSize, toSize] = a < b ? [a, b] : [b, a];
        const path = await consistencyProof(fetched([fromSize - 1], toSize), fromSize, toSize);
        const [fromRoot, toRoot] = [roots.get(fromSize), roots.get(toSize)];
        if (fromRoot && toRoot)
          expect(verifyConsistency({ fromSize, fromRoot, toSize, toRoot, path })).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('are few: at most one a level and leaf, and the right edge', () => {
    const leaves = Array.from({ length: 100 }, (_, index) => LARGEST - 1 - index);
    expect(proofTiles(leaves, LARGEST).length).toBeLessThanOrEqual(5);
    expect(proofTiles([], LARGEST).length).toBeLessThanOrEqual(3);
  });
});
