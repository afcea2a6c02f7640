import type { LedgerEntry } from '../format/entry.ts';
import { leafHash } from '../format/hashes.ts';

/** One stored leaf with the entry it commits to. */
export interface LogLeaf {
  index: number;
  /** Identifier of the audit entry that the leaf names. */
  entryId: string;
  commitment: Uint8Array;
  /** null, together with `salt`, once the details were erased. */
  entry: LedgerEntry | null;
  salt: Uint8Array | null;
}

/** A stored leaf and the leaf hash of its commitment. */
export interface LeafRow extends LogLeaf {
  hash: Buffer;
}

/** The stored leaves in their order, with a short look ahead. */
export class LeafRows {
  readonly #source: AsyncIterator<LogLeaf> | Iterator<LogLeaf>;
  readonly #ahead: LeafRow[] = [];

  constructor(leaves: AsyncIterable<LogLeaf> | Iterable<LogLeaf>) {
    this.#source =
      Symbol.asyncIterator in leaves ? leaves[Symbol.asyncIterator]() : leaves[Symbol.iterator]();
  }

  /** The row `distance` places ahead, or undefined behind the last. */
  async peek(distance: number): Promise<LeafRow | undefined> {
    while (this.#ahead.length <= distance) {
      const next = await this.#source.next();
      if (next.done) return undefined;
      this.#ahead.push({ ...next.value, hash: hashOf(next.value.commitment) });
    }
    return this.#ahead[distance];
  }

  /** Drops the row that `peek(0)` showed. */
  take(): void {
    this.#ahead.shift();
  }
}

/** A commitment that is no bytes at all hashes like an empty one: a hash no tree of commitments holds. */
function hashOf(commitment: unknown): Buffer {
  return leafHash(commitment instanceof Uint8Array ? commitment : Buffer.alloc(0));
}
