// Walks the stored checkpoints in order. Defends: only a checkpoint that the ledger's key signed is ever used
// as a measure, and a series that goes back in size or time is reported. A deleted checkpoint leaves no trace
// here; it only widens the range in which damage can be located.
import { type Checkpoint, openCheckpoint } from '../format/checkpoint.ts';
import { isLedgerError } from '../format/ledger.errors.ts';
import type { VerifierKey } from '../format/note-key.ts';
import type { Findings } from './findings.ts';
import { isBefore } from './time-window.ts';

/** Signed checkpoints one after the other: the one ahead (`current`) and the one passed last (`previous`). */
export class CheckpointSeries {
  current: Checkpoint | undefined;
  previous: Checkpoint | undefined;
  /** Number of checkpoints with a valid signature so far. */
  signed = 0;
  readonly #notes: AsyncIterator<string> | Iterator<string>;
  readonly #key: VerifierKey;
  readonly #findings: Findings;
  #position = 0;

  constructor(notes: AsyncIterable<string> | Iterable<string>, key: VerifierKey, findings: Findings) {
    this.#notes = Symbol.asyncIterator in notes ? notes[Symbol.asyncIterator]() : notes[Symbol.iterator]();
    this.#key = key;
    this.#findings = findings;
  }

  /** Moves on to the next checkpoint that is signed and not smaller; `current` is undefined after the last. */
  async advance(): Promise<void> {
    if (this.current) this.previous = this.current;
    this.current = undefined;
    while (!this.current) {
      const next = await this.#notes.next();
      if (next.done) return;
      this.current = this.#accept(next.value);
      this.#position += 1;
    }
  }

  #accept(note: string): Checkpoint | undefined {
    const checkpoint = this.#open(note);
    if (!checkpoint) {
      const message = `Stored checkpoint number ${this.#position} is not signed by the ledger's key.`;
      this.#findings.add({ kind: 'bad-signature', index: this.#position, message });
      return undefined;
    }
    this.signed += 1;
    return this.previous && !this.#follows(checkpoint, this.previous) ? undefined : checkpoint;
  }

  #follows(checkpoint: Checkpoint, previous: Checkpoint): boolean {
    const { size, time } = checkpoint;
    if (isBefore(time, previous.time, 0)) {
      const message = `The checkpoint of size ${size} is dated before the one of size ${previous.size}.`;
      this.#findings.add({ kind: 'back-dated', index: previous.size, endIndex: size, message });
    }
    if (size > previous.size || (size === previous.size && checkpoint.root.equals(previous.root)))
      return true;
    const message = `A signed checkpoint of size ${size} contradicts the one of size ${previous.size} before it.`;
    this.#findings.add({ kind: 'forked', index: size, endIndex: previous.size, message });
    return false;
  }

  #open(note: string): Checkpoint | undefined {
    try {
      return openCheckpoint(note, this.#key);
    } catch (error) {
      if (isLedgerError(error)) return undefined;
      throw error;
    }
  }
}
