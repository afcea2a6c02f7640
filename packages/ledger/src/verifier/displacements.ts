import type { Findings } from './findings.ts';

/** A place in the tree where something else stands than was committed; hashes in hex. */
export interface Displacement {
  index: number;
  /** What belongs here; absent for a row too many. */
  expected?: string;
  /** What stands here; absent for a row too few. */
  found?: { hash: string; entryId: string };
}

const MAX_KEPT = 10_000;

/**
 * Keeps the places that differ until all are known, and then tells moved entries (found at one place,
 * expected at another) from altered, inserted and missing ones. Beyond 10,000 places it no longer pairs.
 */
export class Displacements {
  #kept: Displacement[] = [];

  /** Notes a place that differs. */
  add(place: Displacement, findings: Findings): void {
    if (this.#kept.length < MAX_KEPT) this.#kept.push(place);
    else reportAlone(place, findings);
  }

  /** Takes out the places from `start` on where one thing stands for another: signed roots say the leaves are right. */
  withdraw(start: number): Displacement[] {
    const isWithdrawn = (place: Displacement) =>
      place.index >= start && place.expected !== undefined && place.found;
    const withdrawn = this.#kept.filter(isWithdrawn);
    this.#kept = this.#kept.filter((place) => !isWithdrawn(place));
    return withdrawn;
  }

  /** Turns what is kept into findings. */
  report(findings: Findings): void {
    const home = new Map(this.#kept.map((place) => [place.expected, place.index]));
    const present = new Set(this.#kept.map((place) => place.found?.hash));
    for (const place of this.#kept) {
      const target = place.found && home.get(place.found.hash);
      const isLost = place.expected !== undefined && !present.has(place.expected);
      if (target === undefined && (isLost || place.found)) reportAlone(place, findings);
      if (target !== undefined) reportMoved(place, target, findings);
      if (target !== undefined && isLost) reportAlone({ index: place.index }, findings);
    }
  }
}

function reportMoved({ index, found }: Displacement, target: number, findings: Findings): void {
  const message = `Entry ${found?.entryId} stands at leaf ${index} and belongs to leaf ${target}.`;
  findings.add({ kind: 'reordered', index, entryId: found?.entryId, message });
}

function reportAlone({ index, expected, found }: Displacement, findings: Findings): void {
  const entryId = found?.entryId;
  if (!found) {
    findings.add({ kind: 'missing', index, message: `The entry of leaf ${index} is gone.` });
  } else if (expected === undefined) {
    findings.add({
      kind: 'inserted',
      index,
      entryId,
      message: `Entry ${entryId} is not in the signed tree.`,
    });
  } else {
    const message = `Entry ${entryId} at leaf ${index} is not what was committed.`;
    findings.add({ kind: 'altered', index, entryId, message });
  }
}
