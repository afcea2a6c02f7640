import { HASH_BYTES, nodeHash } from '../format/hashes.ts';
import { isCount } from '../format/text-forms.ts';

/** What a consistency proof claims: the first tree is the beginning of the second. */
export interface ConsistencyClaim {
  fromSize: number;
  fromRoot: Uint8Array;
  toSize: number;
  toRoot: Uint8Array;
  path: readonly Uint8Array[];
}

/**
 * True only if the tree (`toSize`, `toRoot`) was made from (`fromSize`, `fromRoot`) by appending
 * (RFC 9162, 2.1.4.2). Equal sizes need an empty path and equal roots; size 0 proves nothing and is false.
 * Never throws: malformed claims are false.
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { fromSize, toSize, path } = claim;
  const [fromRoot, toRoot] = [Buffer.from(claim.fromRoot), Buffer.from(claim.toRoot)];
  if (!isCount(fromSize) || !isCount(toSize) || fromSize === 0 || fromSize > toSize) return false;
  if (![fromRoot, toRoot, ...path].every((hash) => hash.length === HASH_BYTES)) return false;
  if (fromSize === toSize) return path.length === 0 && fromRoot.equals(toRoot);
  const roots = rebuildRoots(fromSize, toSize, isPowerOfTwo(fromSize) ? [fromRoot, ...path] : path);
  return roots !== undefined && path.length > 0 && roots.from.equals(fromRoot) && roots.to.equals(toRoot);
}

function rebuildRoots(fromSize: number, toSize: number, path: readonly Uint8Array[]) {
  const [seed, ...rest] = path;
  if (!seed) return undefined;
  let [node, last] = [fromSize - 1, toSize - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  let from: Buffer = Buffer.from(seed);
  let to: Buffer = from;
  for (const hash of rest) {
    if (last === 0) return undefined;
    if (node % 2 === 1 || node === last) {
      [from, to] = [nodeHash(hash, from), nodeHash(hash, to)];
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else {
      to = nodeHash(to, hash);
    }
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 ? { from, to } : undefined;
}

function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(Math.log2(n)) && 2 ** Math.log2(n) === n;
}
