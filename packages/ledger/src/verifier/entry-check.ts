// Compares an entry with the commitment stored for it. Defends: an entry cannot be edited, exchanged, emptied
// or given another time without being named. An erased entry (details and salt both gone) passes only if the
// caller expects erasures; its commitment stays in the tree.
import type { Checkpoint } from '../format/checkpoint.ts';
import { commitEntry, isCommitment, type LedgerEntry } from '../format/entry.ts';
import { isLedgerError } from '../format/ledger.errors.ts';
import { Displacements } from './displacements.ts';
import type { Finding, Findings } from './findings.ts';
import type { LeafRow } from './leaf-rows.ts';
import { isAfter, isBefore } from './time-window.ts';

/** The checkpoints around a leaf: the last one without it and the first one with it. */
export interface CheckpointWindow {
  previous: Checkpoint | undefined;
  current: Checkpoint | undefined;
}

/** What the caller of verifyLog decides about entries. */
export interface EntryRules {
  allowErased: boolean;
  toleranceMs: number;
}

/** Checks the entries one by one; moved contents are told from altered ones at the end. */
export class EntryCheck {
  erased = 0;
  readonly #rules: EntryRules;
  readonly #findings: Findings;
  readonly #contents = new Displacements();

  constructor(rules: EntryRules, findings: Findings) {
    this.#rules = rules;
    this.#findings = findings;
  }

  /** Checks one row; `window` is undefined where the place of the row, and so its time, is in doubt. */
  check(row: LeafRow, position: number, window: CheckpointWindow | undefined): void {
    const { entry, salt } = row;
    if (entry === null && salt === null && this.#rules.allowErased) {
      this.erased += 1;
    } else if (!entry || !salt) {
      this.#report('missing', row, position, 'has lost its details');
    } else {
      const isCommitted = this.#checkContent(row, entry, salt, position);
      if (isCommitted && window) this.#checkTime(row, entry, position, window);
    }
  }

  /** Reports the entries whose content is not the committed one. */
  close(): void {
    this.#contents.report(this.#findings);
  }

  #checkContent(row: LeafRow, entry: LedgerEntry, salt: Uint8Array, index: number): boolean {
    const found = recompute(entry, salt);
    if (!found || entry.id !== row.entryId || !isCommitment(row.commitment)) {
      this.#report('altered', row, index, 'is not what was committed');
      return false;
    }
    if (found.equals(row.commitment)) return true;
    const expected = Buffer.from(row.commitment).toString('hex');
    const hash = found.toString('hex');
    this.#contents.add({ index, expected, found: { hash, entryId: row.entryId } }, this.#findings);
    return false;
  }

  #checkTime(
    row: LeafRow,
    { at }: LedgerEntry,
    index: number,
    { previous, current }: CheckpointWindow,
  ): void {
    if (previous && isBefore(at, previous.time, this.#rules.toleranceMs)) {
      this.#report('back-dated', row, index, 'is dated before the checkpoint that preceded it');
    }
    if (current && isAfter(at, current.time, this.#rules.toleranceMs)) {
      this.#report('back-dated', row, index, 'is dated after the checkpoint that contains it');
    }
  }

  #report(kind: Finding['kind'], { entryId }: LeafRow, index: number, what: string): void {
    this.#findings.add({ kind, index, entryId, message: `Entry ${entryId} at leaf ${index} ${what}.` });
  }
}

function recompute(entry: LedgerEntry, salt: Uint8Array): Buffer | undefined {
  try {
    return commitEntry(entry, salt);
  } catch (error) {
    if (isLedgerError(error)) return undefined;
    throw error;
  }
}
