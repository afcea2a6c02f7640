import { describe, expect, it } from 'vitest';
import { leafHash, nodeHash, sha256 } from '../format/hashes.ts';
import { hashesAtLevel, TILE_WIDTH, type TileReader } from '../format/tiles.ts';
import { MemoryTiles } from '../testdata/memory-ledger.ts';
import { verifyConsistency } from '../verifier/verify-consistency.ts';
import { verifyInclusion } from '../verifier/verify-inclusion.ts';
import { appendLeaves, EMPTY_LEDGER } from './append-leaves.ts';
import { consistencyProof, inclusionProof } from './proofs.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const commitments = Array.from({ length: 70_000 }, (_, at) => sha256(Buffer.from(`leaf ${at}`)));

describe('appending', () => {
  it('gives the same root and the same tiles in one go and in many batches', async () => {
    const [whole, pieces] = [new MemoryTiles(), new MemoryTiles()];
    const once = await append(EMPTY_LEDGER, whole, commitments);
    let state: { size: number; root: Uint8Array } = EMPTY_LEDGER;
    for (let at = 0; at < commitments.length; at += 4_099) {
      state = await append(state, pieces, commitments.slice(at, at + 4_099));
    }
    expect(state).toMatchObject({ size: 70_000, root: once.root });
    expect(new Map([...pieces.tiles].sort())).toEqual(new Map([...whole.tiles].sort()));
    expect(whole.tiles.size).toBe(274 + 2 + 1);
  });

  it('of nothing writes nothing', async () => {
    const { size, root, tiles } = await appendLeaves(EMPTY_LEDGER, new MemoryTiles(), []);
    expect({ size, root, tiles }).toEqual({ ...EMPTY_LEDGER, tiles: [] });
  });

  it('never builds on a tree whose right edge was edited after the last checkpoint', async () => {
    const tiles = new MemoryTiles();
    const state = await append(EMPTY_LEDGER, tiles, commitments.slice(0, 300));
    const edge = tiles.tiles.get('0/1');
    edge?.set(sha256(Buffer.from('forged')), 32);
    await expect(appendLeaves(state, tiles, commitments.slice(300, 301))).rejects.toThrow(
      code('ledger-state-mismatch'),
    );
  });

  it('refuses missing tiles, a wrong commitment, an impossible size', async () => {
    const state = await append(EMPTY_LEDGER, new MemoryTiles(), commitments.slice(0, 300));
    await expect(appendLeaves(state, new MemoryTiles(), [])).rejects.toThrow(code('ledger-tile-missing'));
    const short = appendLeaves(EMPTY_LEDGER, new MemoryTiles(), [Buffer.alloc(31)]);
    await expect(short).rejects.toThrow(code('ledger-commitment-malformed'));
    const huge = { ...EMPTY_LEDGER, size: Number.MAX_SAFE_INTEGER };
    const beyond = appendLeaves(huge, new MemoryTiles(), commitments.slice(0, 1));
    await expect(beyond).rejects.toThrow(code('ledger-index-out-of-range'));
  });
});

describe('proofs', () => {
  it.each([
    [0, 0],
    [5, 5],
    [-1, 5],
    [0.5, 5],
    [0, 2 ** 53],
  ])('of leaf %d in %d leaves are refused', async (index, size) => {
    const proof = inclusionProof(new MemoryTiles(), index, size);
    await expect(proof).rejects.toThrow(code('ledger-index-out-of-range'));
  });

  it.each([
    [0, 5],
    [6, 5],
    [1.5, 5],
  ])('of consistency from %d to %d are refused', async (from, to) => {
    const proof = consistencyProof(new MemoryTiles(), from, to);
    await expect(proof).rejects.toThrow(code('ledger-index-out-of-range'));
  });

  it('are not guessed where a tile is missing or cut', async () => {
    const tiles = new MemoryTiles();
    await append(EMPTY_LEDGER, tiles, commitments.slice(0, 300));
    tiles.write(0, 1, Buffer.alloc(32));
    await expect(inclusionProof(tiles, 299, 300)).rejects.toThrow(code('ledger-tile-missing'));
    tiles.write(0, 1, Buffer.alloc(44 * 32 - 1));
    await expect(inclusionProof(tiles, 299, 300)).rejects.toThrow(code('ledger-tile-missing'));
  });
});

describe.each([2 ** 31 - 1, 2 ** 31, 2 ** 32 + 5, 2 ** 40 + 12_345, 2 ** 52 + 99])(
  'a ledger of %i leaves',
  (size) => {
    const commitment = Buffer.alloc(32, 0xab);
    const tiles = uniformTiles(commitment, size);

    it('is extended, proves its leaves and its growth', async () => {
      const root = uniformRoot(commitment, size);
      const grown = await appendLeaves({ size, root }, tiles, [commitment, commitment, commitment]);
      expect(grown.size).toBe(size + 3);
      expect(grown.root.equals(uniformRoot(commitment, size + 3))).toBe(true);
      for (const leafIndex of [0, 255, Math.floor(size / 3), size - 1]) {
        const path = await inclusionProof(tiles, leafIndex, size);
        expect(verifyInclusion({ commitment, leafIndex, size, path, root })).toBe(true);
      }
      for (const fromSize of [1, 256, Math.floor(size / 3), size - 1]) {
        const path = await consistencyProof(tiles, fromSize, size);
        const fromRoot = uniformRoot(commitment, fromSize);
        expect(verifyConsistency({ fromSize, fromRoot, toSize: size, toRoot: root, path })).toBe(true);
      }
    });
  },
);

async function append(
  state: { size: number; root: Uint8Array },
  tiles: MemoryTiles,
  leaves: readonly Buffer[],
) {
  const appended = await appendLeaves(state, tiles, leaves);
  for (const { level, index, hashes } of appended.tiles) tiles.write(level, index, hashes);
  return appended;
}

/** Tiles of a tree too large to build: every leaf is the same, so every subtree of a height has one hash. */
function uniformTiles(commitment: Buffer, size: number): TileReader {
  return {
    readTile: async (level, index) => {
      const count = Math.min(TILE_WIDTH, hashesAtLevel(level, size) - index * TILE_WIDTH);
      return count > 0 ? Buffer.concat(Array(count).fill(uniformSubtree(commitment, 8 * level))) : undefined;
    },
  };
}

function uniformSubtree(commitment: Buffer, height: number): Buffer {
  let hash = leafHash(commitment);
  for (let at = 0; at < height; at += 1) hash = nodeHash(hash, hash);
  return hash;
}

/** RFC 9162, 2.1.1 with BigInt: the set bits of the size are the perfect subtrees, smallest to the right. */
function uniformRoot(commitment: Buffer, size: number): Buffer {
  let root: Buffer | undefined;
  for (let height = 0; height < 53; height += 1) {
    if (((BigInt(size) >> BigInt(height)) & 1n) === 0n) continue;
    const peak = uniformSubtree(commitment, height);
    root = root ? nodeHash(peak, root) : peak;
  }
  return root ?? Buffer.alloc(0);
}
