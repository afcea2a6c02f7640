import { HASH_BYTES } from './hashes.ts';
import { ledgerErrors } from './ledger.errors.ts';
import { isCount } from './text-forms.ts';

/** Number of hashes in a full tile (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;

/** Height of the subtree that one tile spans. */
export const TILE_HEIGHT = 8;

/** Where tiles are read from: a table, a folder, a web address. */
export interface TileReader {
  /**
   * The hashes of a tile, 32 bytes each, or undefined if there is none. A tile wider than the reader of it
   * needs is allowed; a partial tile is shorter than 8,192 bytes.
   */
  readTile(level: number, index: number): Promise<Uint8Array | undefined>;
}

/** A tile with its hashes, 32 to 8,192 bytes. */
export interface Tile {
  level: number;
  index: number;
  hashes: Buffer;
}

/** Number of leaves below one hash of a tile at `level`: 256^level. */
export function leavesPerHash(level: number): number {
  return TILE_WIDTH ** level;
}

/** Number of hashes that a tree of `size` leaves holds at a tile level, over all its tiles. */
export function hashesAtLevel(level: number, size: number): number {
  return Math.floor(size / leavesPerHash(level));
}

/** Number of hashes, 0 to 256, that tile `index` of a level has in a tree of `size` leaves. */
export function tileWidth(level: number, index: number, size: number): number {
  return Math.max(0, Math.min(TILE_WIDTH, hashesAtLevel(level, size) - index * TILE_WIDTH));
}

/**
 * Path of a tile below the ledger's prefix, `tile/<L>/<N>[.p/<W>]` (C2SP tlog-tiles), for publishing tiles as
 * files. Refuses a level above 63, an index that is not a count or a width outside 1 to 256 with
 * 'ledger-index-out-of-range'.
 */
export function tilePath(level: number, index: number, width: number = TILE_WIDTH): string {
  const known = isCount(level) && level < 64 && isCount(index) && isCount(width);
  if (!known || width < 1 || width > TILE_WIDTH) throw ledgerErrors.error('ledger-index-out-of-range');
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/.{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

/** The hash at `position` of a tile's bytes, or undefined if the tile is too short. */
export function hashInTile(tile: Uint8Array, position: number): Buffer | undefined {
  const start = position * HASH_BYTES;
  if (start + HASH_BYTES > tile.length) return undefined;
  return Buffer.from(tile.buffer, tile.byteOffset + start, HASH_BYTES);
}
