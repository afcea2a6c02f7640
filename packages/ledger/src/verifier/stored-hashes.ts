// The tiles, as the verifier sees them: a second, untrusted copy of the leaf hashes. They help to say *which*
// entry was changed; whether one was changed is decided by signed roots alone.
import { hashInTile, leavesPerHash, TILE_HEIGHT, TILE_WIDTH, type TileReader } from '../format/tiles.ts';
import type { Findings } from './findings.ts';

const TILES_KEPT = 8;

/** Reads single hashes out of stored tiles and reports tiles that are missing or contradict each other. */
export class StoredHashes {
  readonly #tiles: TileReader;
  readonly #findings: Findings;
  readonly #kept = new Map<string, Uint8Array | undefined>();

  constructor(tiles: TileReader, findings: Findings) {
    this.#tiles = tiles;
    this.#findings = findings;
  }

  /** The stored hash number `position` of a tile level, or undefined if no tile holds it. */
  async at(level: number, position: number): Promise<Buffer | undefined> {
    const tile = await this.#tile(level, Math.floor(position / TILE_WIDTH));
    return tile && hashInTile(tile, position % TILE_WIDTH);
  }

  /** Compares the root of a perfect subtree that ends before leaf `end` with the stored upper tile, if it is in one. */
  async checkSubtree(height: number, hash: Buffer, end: number): Promise<void> {
    const level = height / TILE_HEIGHT;
    if (!Number.isInteger(level)) return;
    const start = end - leavesPerHash(level);
    const stored = await this.at(level, start / leavesPerHash(level));
    if (!stored?.equals(hash)) this.reportTile(level, start, end);
  }

  /** Reports the hash over the leaves `start` to `end` of a tile level as missing or wrong. */
  reportTile(level: number, start: number, end: number): void {
    const tile = Math.floor(start / leavesPerHash(level + 1));
    const message = `Tile ${level}/${tile} does not match the leaves ${start} to ${end - 1} it stands for.`;
    this.#findings.add({ kind: 'bad-tile', index: start, endIndex: end, message });
  }

  /** Reports that no level-0 tile holds the hash of a leaf; once per tile. */
  reportMissing(leaf: number): void {
    const tile = Math.floor(leaf / TILE_WIDTH);
    const message = `Tile 0/${tile} is missing or too short.`;
    this.#findings.add({
      kind: 'bad-tile',
      index: tile * TILE_WIDTH,
      endIndex: (tile + 1) * TILE_WIDTH,
      message,
    });
  }

  async #tile(level: number, index: number): Promise<Uint8Array | undefined> {
    const key = `${level}/${index}`;
    if (this.#kept.has(key)) return this.#kept.get(key);
    const tile = await this.#tiles.readTile(level, index);
    for (const old of this.#kept.keys()) if (this.#kept.size >= TILES_KEPT) this.#kept.delete(old);
    this.#kept.set(key, tile);
    return tile;
  }
}
