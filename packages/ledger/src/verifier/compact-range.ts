import { EMPTY_ROOT, nodeHash } from '../format/hashes.ts';

interface Peak {
  height: number;
  hash: Buffer;
}

/**
 * The roots of the perfect subtrees that a growing tree consists of: enough to append and to know the root,
 * in memory that grows with the logarithm of the size. Shares no code with the appender, so that an error in
 * one is seen by the other (RFC 9162, 2.1.2).
 */
export class CompactRange {
  #peaks: Peak[] = [];

  /** Appends a leaf hash; `onSubtree` hears of every perfect subtree this completes, lowest first. */
  append(leaf: Buffer, onSubtree?: (height: number, hash: Buffer) => void): void {
    let grown: Peak = { height: 0, hash: leaf };
    for (let last = this.#peaks.at(-1); last?.height === grown.height; last = this.#peaks.at(-1)) {
      this.#peaks.pop();
      grown = { height: grown.height + 1, hash: nodeHash(last.hash, grown.hash) };
      onSubtree?.(grown.height, grown.hash);
    }
    this.#peaks.push(grown);
  }

  /** Root of the tree so far. */
  root(): Buffer {
    const last = this.#peaks.at(-1);
    if (!last) return EMPTY_ROOT;
    return this.#peaks.slice(0, -1).reduceRight((right, left) => nodeHash(left.hash, right), last.hash);
  }

  /** An independent range in the same state. */
  copy(): CompactRange {
    const copy = new CompactRange();
    copy.#peaks = [...this.#peaks];
    return copy;
  }
}
