// Decides, at every signed checkpoint, what the tree of the leaves and the tree of the stored tiles are worth.
// Signed roots are the only measure; stored leaves and stored tiles are two untrusted copies, and where one of
// them agrees with the signature it corrects the other. Where neither does, the range since the last agreed
// checkpoint is named.
import type { Checkpoint } from '../format/checkpoint.ts';
import { CompactRange } from './compact-range.ts';
import type { Displacements } from './displacements.ts';
import type { Findings } from './findings.ts';
import type { StoredHashes } from './stored-hashes.ts';

/** The part of the log, from the last agreed size on, that a signed root contradicts. */
interface Dispute {
  start: number;
  end: number;
}

/** Grows both trees leaf by leaf and compares them with signed roots. */
export class TreeJudge {
  size = 0;
  #leaves = new CompactRange();
  #tiles = new CompactRange();
  #agreed = 0;
  #dispute: Dispute | undefined;
  /** A leaf whose hash is not known anywhere went by: no later root can be computed. */
  #isBroken = false;
  readonly #stored: StoredHashes | undefined;
  readonly #displaced: Displacements;
  readonly #findings: Findings;

  constructor(stored: StoredHashes | undefined, displaced: Displacements, findings: Findings) {
    this.#stored = stored;
    this.#displaced = displaced;
    this.#findings = findings;
  }

  /** Adds the next leaf as the leaves and as the tiles have it. */
  async append(leaf: Buffer, tile: Buffer | undefined): Promise<void> {
    const subtrees: [number, Buffer][] = [];
    this.#leaves.append(leaf);
    this.size += 1;
    if (!this.#stored) return;
    this.#tiles.append(tile ?? leaf, (height, hash) => subtrees.push([height, hash]));
    if (!tile) this.#stored.reportMissing(this.size - 1);
    for (const [height, hash] of subtrees) await this.#stored.checkSubtree(height, hash, this.size);
  }

  /** Passes `count` leaves of unknown hash. */
  skip(count: number): void {
    this.size += count;
    this.#isBroken = true;
  }

  /** Judges both trees by a stored checkpoint of the size reached. */
  judge(checkpoint: Checkpoint): void {
    if (this.#isBroken || checkpoint.size !== this.size) return;
    if (this.#agreesWith(checkpoint)) {
      if (this.#dispute) this.#reportFalseState(this.#dispute);
      this.#dispute = undefined;
      this.#agreed = this.size;
    } else {
      this.#dispute ??= { start: this.#agreed, end: this.size };
    }
  }

  /** True unless a checkpoint kept elsewhere, of the size reached, contradicts both trees. */
  isCompatible(checkpoint: Checkpoint): boolean {
    return this.#isBroken || this.#agreesWith(checkpoint);
  }

  /** Reports a contradiction that no later checkpoint resolved. */
  close(): void {
    if (!this.#dispute) return;
    const { start, end } = this.#dispute;
    const message = `The signed root of size ${end} contradicts the stored leaves: something between leaf ${start} and leaf ${end - 1} was changed.`;
    this.#findings.add({ kind: 'altered', index: start, endIndex: end, message });
  }

  #agreesWith({ root }: Checkpoint): boolean {
    const isLeafTree = this.#leaves.root().equals(root);
    const isTileTree = this.#stored !== undefined && this.#tiles.root().equals(root);
    if (isLeafTree && this.#stored && !isTileTree) this.#blameTiles(this.#stored);
    if (isTileTree && !isLeafTree) this.#leaves = this.#tiles.copy();
    return isLeafTree || isTileTree;
  }

  #blameTiles(stored: StoredHashes): void {
    for (const { index } of this.#displaced.withdraw(this.#agreed)) stored.reportTile(0, index, index + 1);
    this.#tiles = this.#leaves.copy();
  }

  #reportFalseState({ end }: Dispute): void {
    const message = `A signed checkpoint of size ${end} is no state of this log, although later ones are.`;
    this.#findings.add({ kind: 'forked', index: end, message });
  }
}
