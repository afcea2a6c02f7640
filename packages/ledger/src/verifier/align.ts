import type { LeafRows } from './leaf-rows.ts';
import type { StoredHashes } from './stored-hashes.ts';

/**
 * How the next stored leaf stands to the tree: here; behind `count` leaves that are gone; or `count` rows
 * stand here that the tree does not know at this place.
 */
export interface Alignment {
  kind: 'here' | 'gap' | 'extra';
  count: number;
}

/** How many rows in succession must agree before a shift is believed: fewer could be two swapped leaves. */
const RUN = 4;
const MAX_GAP = 256;
const MAX_EXTRA = 16;
/** Searches before a log counts as ruined and rows are compared place by place: bounds the work. */
const MAX_SEARCHES = 1_000;
const HERE: Alignment = { kind: 'here', count: 0 };

/**
 * Finds out whether rows were removed or inserted and the rest renumbered, by looking for the place where
 * stored leaves and tile hashes agree again. Without tiles every row is taken to be in its place.
 */
export class Aligner {
  #searches = 0;
  readonly #rows: LeafRows;
  readonly #stored: StoredHashes | undefined;

  constructor(rows: LeafRows, stored: StoredHashes | undefined) {
    this.#rows = rows;
    this.#stored = stored;
  }

  /** How the next row stands to leaf `position` of the tree. */
  async align(position: number): Promise<Alignment> {
    const row = await this.#rows.peek(0);
    const expected = await this.#stored?.at(0, position);
    const isHere = !row || !this.#stored || !expected || expected.equals(row.hash);
    if (isHere || this.#searches >= MAX_SEARCHES) return HERE;
    this.#searches += 1;
    return search(this.#rows, this.#stored, position);
  }
}

async function search(rows: LeafRows, stored: StoredHashes, position: number): Promise<Alignment> {
  for (let count = 1; count <= MAX_GAP; count += 1) {
    if (await agree(rows, 0, stored, position + count)) return { kind: 'gap', count };
  }
  for (let count = 1; count <= MAX_EXTRA; count += 1) {
    if (await agree(rows, count, stored, position)) return { kind: 'extra', count };
  }
  return HERE;
}

/** True if RUN rows from `ahead` on equal the hashes from `position` on, or all rows to the common end do. */
async function agree(
  rows: LeafRows,
  ahead: number,
  stored: StoredHashes,
  position: number,
): Promise<boolean> {
  for (let step = 0; step < RUN; step += 1) {
    const row = await rows.peek(ahead + step);
    const hash = await stored.at(0, position + step);
    if (!row || !hash) return step > 0 && !row && !hash;
    if (!hash.equals(row.hash)) return false;
  }
  return true;
}
