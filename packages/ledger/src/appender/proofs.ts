import { ledgerErrors } from '../format/ledger.errors.ts';
import { isCount } from '../format/text-forms.ts';
import type { TileReader } from '../format/tiles.ts';
import { largestPowerOfTwo, StoredTree } from './stored-tree.ts';

/**
 * The inclusion path of leaf `index` in the tree of `size` leaves, from the leaf's sibling up (RFC 9162,
 * 2.1.3.1). Refuses an index outside the tree with 'ledger-index-out-of-range' and a store without the
 * needed tiles with 'ledger-tile-missing'.
 */
export async function inclusionProof(tiles: TileReader, index: number, size: number): Promise<Buffer[]> {
  if (!isCount(index) || !isCount(size) || index >= size)
    throw ledgerErrors.error('ledger-index-out-of-range');
  const tree = new StoredTree(tiles, size);
  const fromRoot: Buffer[] = [];
  let [start, end] = [0, size];
  while (end - start > 1) {
    const middle = start + splitPoint(end - start);
    fromRoot.push(await (index < middle ? tree.rangeRoot(middle, end) : tree.rangeRoot(start, middle)));
    [start, end] = index < middle ? [start, middle] : [middle, end];
  }
  return fromRoot.reverse();
}

/**
 * The consistency path from the tree of `from` leaves to the tree of `to` leaves (RFC 9162, 2.1.4.1); empty
 * if both are equal. Refuses sizes other than 0 < from <= to with 'ledger-index-out-of-range' and a store
 * without the needed tiles with 'ledger-tile-missing'.
 */
export async function consistencyProof(tiles: TileReader, from: number, to: number): Promise<Buffer[]> {
  if (!isCount(from) || !isCount(to) || from === 0 || from > to) {
    throw ledgerErrors.error('ledger-index-out-of-range');
  }
  const tree = new StoredTree(tiles, to);
  const fromRoot: Buffer[] = [];
  let [start, end] = [0, to];
  while (from < end) {
    const middle = start + splitPoint(end - start);
    fromRoot.push(await (from <= middle ? tree.rangeRoot(middle, end) : tree.rangeRoot(start, middle)));
    [start, end] = from <= middle ? [start, middle] : [middle, end];
  }
  // A subtree that starts at leaf 0 is the old tree itself, whose root the verifier has already.
  if (start > 0) fromRoot.push(await tree.rangeRoot(start, end));
  return fromRoot.reverse();
}

/** The largest power of two below `n`, for n > 1: where RFC 9162 splits a tree. */
function splitPoint(n: number): number {
  return largestPowerOfTwo(n - 1);
}
