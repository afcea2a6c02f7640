// What a witness is told.
//
// Defends: the witness's memory. It learns a checkpoint only if the ledger's key signed it and its tree provably continues the one
// remembered (RFC 9162, 2.1.4), so that a database which was cut or rewritten is refused instead of becoming the new truth.
// A witness that has seen nothing believes the first checkpoint: it can only speak of what came after.
import {
  type Checkpoint,
  consistencyProof,
  openCheckpoint,
  parseVerifierKey,
  type VerifierKey,
  verifyConsistency,
} from '@careward/ledger';
import { auditErrors } from './audit.errors.ts';
import type { CheckpointWitness, WitnessedCheckpoint } from './checkpoint-witness.ts';
import type { LedgerHead, LedgerSequenceRepository } from './ledger-sequence.repository.ts';
import { proofTiles } from './proof-tiles.ts';

/** Keeps one witness in step with the database. */
export class WitnessUpdate {
  readonly #witness: CheckpointWitness;
  readonly #ledger: LedgerSequenceRepository;
  readonly #verifierKey: VerifierKey;

  constructor(witness: CheckpointWitness, ledger: LedgerSequenceRepository, verifierKey: string) {
    this.#witness = witness;
    this.#ledger = ledger;
    this.#verifierKey = parseVerifierKey(verifierKey);
  }

  /** What the witness remembers. Refuses what the ledger's key did not sign with `audit-witness-damaged`. */
  async seen(): Promise<Checkpoint | undefined> {
    const latest = await this.#witness.latest();
    return latest && openWitnessed(latest, this.#verifierKey);
  }

  /**
   * Brings the witness up to the database's head and gives the head's checkpoint. Refuses a head behind what was seen
   * (`audit-ledger-rolled-back`) and one that does not continue it (`audit-ledger-forked`).
   */
  async toHead(head: LedgerHead | undefined, seen: Checkpoint | undefined): Promise<Checkpoint | undefined> {
    const stored = head && openCheckpoint(head.note, this.#verifierKey);
    if (head && stored?.size !== head.size) {
      throw auditErrors.error('audit-ledger-inconsistent', {
        detail: `the checkpoint stored under size ${head.size}`,
      });
    }
    rejectRollback(stored, seen);
    if (!head || !stored) return undefined;
    if (seen) await this.#rejectFork(seen, stored);
    if (seen?.size !== stored.size) await this.append(head);
    return stored;
  }

  /** Tells the witness of a checkpoint that was just made on top of the last one. */
  async append({ note, lastEntryId }: WitnessedCheckpoint): Promise<void> {
    await this.#witness.append({ note, lastEntryId });
  }

  async #rejectFork(seen: Checkpoint, stored: Checkpoint): Promise<void> {
    const isSameTree = seen.size === stored.size && seen.root.equals(stored.root);
    if (isSameTree || (seen.size < stored.size && (await this.#continues(seen, stored)))) return;
    throw auditErrors.error('audit-ledger-forked', { detail: `sizes ${seen.size} and ${stored.size}` });
  }

  async #continues(seen: Checkpoint, stored: Checkpoint): Promise<boolean> {
    if (seen.size === 0) return true;
    const tiles = await this.#ledger.tiles(proofTiles([seen.size - 1], stored.size));
    const path = await consistencyProof(tiles, seen.size, stored.size);
    return verifyConsistency({
      fromSize: seen.size,
      fromRoot: seen.root,
      toSize: stored.size,
      toRoot: stored.root,
      path,
    });
  }
}

function rejectRollback(stored: Checkpoint | undefined, seen: Checkpoint | undefined): void {
  const storedSize = stored?.size ?? 0;
  if (seen === undefined || seen.size <= storedSize) return;
  throw auditErrors.error('audit-ledger-rolled-back', {
    detail: `signed ${seen.size} leaves, stored ${storedSize}`,
  });
}

function openWitnessed({ note }: WitnessedCheckpoint, verifierKey: VerifierKey): Checkpoint {
  try {
    return openCheckpoint(note, verifierKey);
  } catch (cause) {
    throw auditErrors.error('audit-witness-damaged', {
      detail: 'not signed by the key of this ledger',
      cause,
    });
  }
}
