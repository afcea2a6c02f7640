// Reads subtree hashes out of tiles. A tile that is missing or too short is a broken store and refuses with
// 'ledger-tile-missing': a proof or a root is never guessed.
import { HASH_BYTES, nodeHash } from '../format/hashes.ts';
import { ledgerErrors } from '../format/ledger.errors.ts';
import { hashInTile, TILE_HEIGHT, TILE_WIDTH, type TileReader } from '../format/tiles.ts';

/** Hashes of a tree of `size` leaves, read from its tiles; each tile is read once. */
export class StoredTree {
  readonly #tiles: TileReader;
  readonly #size: number;
  readonly #read = new Map<string, Uint8Array>();

  constructor(tiles: TileReader, size: number) {
    this.#tiles = tiles;
    this.#size = size;
  }

  /** The `count` hashes from `first` on at a tile level; all of them lie in one tile. */
  async hashes(level: number, first: number, count: number): Promise<Buffer[]> {
    const tile = await this.#tile(level, Math.floor(first / TILE_WIDTH));
    return Array.from({ length: count }, (_, at) => {
      const hash = hashInTile(tile, (first % TILE_WIDTH) + at);
      if (!hash) throw missing(`tile ${level}/${Math.floor(first / TILE_WIDTH)} of size ${this.#size}`);
      return hash;
    });
  }

  /**
   * Merkle root over the leaves `start` to `end` (exclusive), where `start` is a multiple of the smallest
   * power of two that is not below `end - start`: the ranges RFC 9162 splits a tree into.
   */
  async rangeRoot(start: number, end: number): Promise<Buffer> {
    const peaks: Buffer[] = [];
    for (let at = start; at < end; ) {
      const width = largestPowerOfTwo(end - at);
      peaks.push(await this.#perfectSubtree(at, width));
      at += width;
    }
    return foldPeaks(peaks);
  }

  async #perfectSubtree(start: number, width: number): Promise<Buffer> {
    const level = Math.floor(Math.log2(width) / TILE_HEIGHT);
    const perHash = TILE_WIDTH ** level;
    return perfectRoot(await this.hashes(level, start / perHash, width / perHash));
  }

  async #tile(level: number, index: number): Promise<Uint8Array> {
    const key = `${level}/${index}`;
    const tile = this.#read.get(key) ?? (await this.#tiles.readTile(level, index));
    if (!tile || tile.length % HASH_BYTES !== 0) throw missing(`tile ${key} of size ${this.#size}`);
    this.#read.set(key, tile);
    return tile;
  }
}

/** Root of a perfect tree over `hashes`, whose number is a power of two. */
export function perfectRoot(hashes: readonly Buffer[]): Buffer {
  let row = [...hashes];
  while (row.length > 1) row = pairUp(row);
  return onlyOne(row);
}

/** Root over perfect subtrees of falling width, left to right. */
export function foldPeaks(peaks: readonly Buffer[]): Buffer {
  return onlyOne([peaks.reduceRight((right, left) => nodeHash(left, right))]);
}

/** The largest power of two that is not above `n`, for n from 1 to 2^53 - 1. */
export function largestPowerOfTwo(n: number): number {
  let power = 1;
  while (power * 2 <= n) power *= 2;
  return power;
}

function pairUp(row: readonly Buffer[]): Buffer[] {
  const parents: Buffer[] = [];
  for (let at = 0; at + 1 < row.length; at += 2) {
    const [left, right] = [row[at], row[at + 1]];
    if (left && right) parents.push(nodeHash(left, right));
  }
  return parents;
}

function onlyOne(row: readonly Buffer[]): Buffer {
  const [root] = row;
  if (!root) throw missing('a subtree without hashes');
  return root;
}

function missing(detail: string) {
  return ledgerErrors.error('ledger-tile-missing', { detail });
}
