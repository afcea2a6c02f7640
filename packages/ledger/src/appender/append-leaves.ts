// Extends the tree. Defends: nothing is ever appended to, and so nothing ever signed over, a stored tree that
// is not the one signed last; a database owner cannot have an edited right edge made official. Does not look
// at tiles left of the right edge: verifyLog does.
import { isCommitment } from '../format/entry.ts';
import { EMPTY_ROOT, HASH_BYTES, leafHash } from '../format/hashes.ts';
import { ledgerErrors } from '../format/ledger.errors.ts';
import { isCount } from '../format/text-forms.ts';
import { hashesAtLevel, TILE_WIDTH, type Tile, type TileReader } from '../format/tiles.ts';
import { foldPeaks, largestPowerOfTwo, perfectRoot, StoredTree } from './stored-tree.ts';

/** The tree that the last checkpoint vouches for. An opened Checkpoint is one. */
export interface LedgerState {
  /** Number of leaves. */
  size: number;
  /** Root at that size, 32 bytes. */
  root: Uint8Array;
}

/** The tree after appending, and the tiles that are new or longer than before. */
export interface AppendedTree {
  size: number;
  root: Buffer;
  tiles: Tile[];
}

/** The ledger before its first leaf. */
export const EMPTY_LEDGER: LedgerState = { size: 0, root: EMPTY_ROOT };

/** The partly filled tile at the right edge of one level. */
interface EdgeTile {
  index: number;
  hashes: Buffer[];
}

/**
 * Appends commitments in order and returns the new size, root and the tiles to write (each replaces the
 * stored one). Writes nothing itself: tiles, leaves and the signed checkpoint belong into one transaction.
 * Refuses a commitment that is not 32 bytes ('ledger-commitment-malformed'), a size beyond 2^53 - 1
 * ('ledger-index-out-of-range'), tiles that are missing ('ledger-tile-missing') or that do not give
 * `state.root` ('ledger-state-mismatch').
 */
export async function appendLeaves(
  state: LedgerState,
  tiles: TileReader,
  commitments: readonly Uint8Array[],
): Promise<AppendedTree> {
  const size = state.size + commitments.length;
  if (!isCount(state.size) || !isCount(size)) throw ledgerErrors.error('ledger-index-out-of-range');
  const edge = await readEdge(state, tiles);
  const written: Tile[] = [];
  for (const commitment of commitments) {
    if (!isCommitment(commitment)) throw ledgerErrors.error('ledger-commitment-malformed');
    pushHash(edge, written, 0, leafHash(commitment));
  }
  const changed = (level: number) => hashesAtLevel(level, size) > hashesAtLevel(level, state.size);
  return {
    size,
    root: edgeRoot(edge),
    tiles: [...written, ...partialTiles(edge).filter((t) => changed(t.level))],
  };
}

async function readEdge(state: LedgerState, tiles: TileReader): Promise<EdgeTile[]> {
  const tree = new StoredTree(tiles, state.size);
  const edge: EdgeTile[] = [];
  for (let level = 0; hashesAtLevel(level, state.size) > 0; level += 1) {
    const total = hashesAtLevel(level, state.size);
    const width = total % TILE_WIDTH;
    const hashes = width > 0 ? await tree.hashes(level, total - width, width) : [];
    edge.push({ index: Math.floor(total / TILE_WIDTH), hashes });
  }
  if (!edgeRoot(edge).equals(state.root)) throw ledgerErrors.error('ledger-state-mismatch');
  return edge;
}

function pushHash(edge: EdgeTile[], written: Tile[], level: number, hash: Buffer): void {
  const tile = edge[level] ?? { index: 0, hashes: [] };
  edge[level] = tile;
  tile.hashes.push(hash);
  if (tile.hashes.length < TILE_WIDTH) return;
  written.push({ level, index: tile.index, hashes: Buffer.concat(tile.hashes, TILE_WIDTH * HASH_BYTES) });
  pushHash(edge, written, level + 1, perfectRoot(tile.hashes));
  edge[level] = { index: tile.index + 1, hashes: [] };
}

function partialTiles(edge: readonly EdgeTile[]): Tile[] {
  return edge.flatMap(({ index, hashes }, level) =>
    hashes.length > 0 ? [{ level, index, hashes: Buffer.concat(hashes) }] : [],
  );
}

function edgeRoot(edge: readonly EdgeTile[]): Buffer {
  const peaks = edge.toReversed().flatMap(({ hashes }) => peaksOf(hashes));
  return peaks.length > 0 ? foldPeaks(peaks) : EMPTY_ROOT;
}

function peaksOf(hashes: readonly Buffer[]): Buffer[] {
  const peaks: Buffer[] = [];
  for (let at = 0; at < hashes.length; ) {
    const width = largestPowerOfTwo(hashes.length - at);
    peaks.push(perfectRoot(hashes.slice(at, at + width)));
    at += width;
  }
  return peaks;
}
