/** A checkpoint as a witness remembers it. */
export interface WitnessedCheckpoint {
  /** The signed note (docs/formats/checkpoint.md). */
  readonly note: string;
  /** Audit entry of the last leaf: names what is gone when the log was cut. */
  readonly lastEntryId: string;
}

/**
 * Remembers checkpoints where the owner of the database cannot change them: a file of this server, another machine, a ledger of
 * somebody else. It is what a truncated, rolled back or rewritten database is found out by.
 */
export interface CheckpointWitness {
  /** The checkpoint appended last, or undefined for a witness that has seen none. */
  latest(): Promise<WitnessedCheckpoint | undefined>;
  /** Remembers a checkpoint; resolves once it would survive a power cut. */
  append(checkpoint: WitnessedCheckpoint): Promise<void>;
}
