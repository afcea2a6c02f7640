import { isCommitment } from '../format/entry.ts';
import { HASH_BYTES, leafHash, nodeHash } from '../format/hashes.ts';
import { isCount } from '../format/text-forms.ts';

/** What an inclusion proof claims: this commitment is leaf `leafIndex` of the tree with `size` and `root`. */
export interface InclusionClaim {
  commitment: Uint8Array;
  leafIndex: number;
  size: number;
  /** From the leaf's sibling up, 32 bytes each. */
  path: readonly Uint8Array[];
  root: Uint8Array;
}

/**
 * True only if the path leads from the commitment at exactly this index to the root of exactly this size
 * (RFC 9162, 2.1.3.2). Never throws: malformed claims are false.
 */
export function verifyInclusion(claim: InclusionClaim): boolean {
  const { commitment, leafIndex, size, path, root } = claim;
  if (!isCount(leafIndex) || !isCount(size) || leafIndex >= size || !isCommitment(commitment)) return false;
  let [node, last, hash] = [leafIndex, size - 1, leafHash(commitment)];
  for (const sibling of path) {
    if (last === 0 || sibling.length !== HASH_BYTES) return false;
    const isRight = node % 2 === 1;
    hash = isRight || node === last ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    // A node without right sibling moves up unhashed until it is a right child itself.
    if (!isRight && node === last) while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, last / 2];
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && hash.equals(root);
}
