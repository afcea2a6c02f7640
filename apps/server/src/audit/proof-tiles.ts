import { TILE_WIDTH, type TileReader, tileWidth } from '@careward/ledger';

/** Where a tile stands. */
export interface TilePlace {
  readonly level: number;
  readonly index: number;
}

/**
 * Every tile that proofs about these leaves in a tree of `size` leaves can need, each once: at every level the tile above the leaf,
 * and the tile at the right edge. So the tiles of a whole page of proofs are fetched in one query.
 */
export function proofTiles(leafIndexes: readonly number[], size: number): TilePlace[] {
  const places = new Map<string, TilePlace>();
  for (let level = 0, span = TILE_WIDTH; tileWidth(level, 0, size) > 0; level += 1, span *= TILE_WIDTH) {
    for (const leaf of [...leafIndexes, size]) {
      const index = Math.floor(leaf / span);
      if (tileWidth(level, index, size) > 0) places.set(`${level}/${index}`, { level, index });
    }
  }
  return [...places.values()];
}

/** A tile that was read. */
export interface StoredTile extends TilePlace {
  readonly hashes: Buffer;
}

/** Tiles held in memory. */
export function heldTiles(tiles: Iterable<StoredTile>): TileReader {
  const held = new Map<string, Buffer>();
  for (const { level, index, hashes } of tiles) held.set(`${level}/${index}`, hashes);
  return { readTile: async (level, index) => held.get(`${level}/${index}`) };
}
