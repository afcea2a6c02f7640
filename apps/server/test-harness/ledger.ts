import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { newId, systemClock } from '@careward/kernel';
import { createSigner, type NoteSigner } from '@careward/ledger';
import {
  auditEntryInsert,
  type CheckpointWitness,
  type LedgerReport,
  LedgerSequenceRepository,
  LedgerSequencer,
  type LedgerVerification,
  type SequencerParts,
  verifyLedger,
  type WitnessedCheckpoint,
} from '../src/audit/index.ts';
import type { DatabaseKind } from '../src/connections/index.ts';
import type { Database } from '../src/persistence/index.ts';
import { testIdentityContext } from './contexts.ts';
import { openTestDatabase, type TestDatabase } from './database.ts';

/** Remembers checkpoints in memory, and can be made to fail. */
export class MemoryWitness implements CheckpointWitness {
  checkpoints: WitnessedCheckpoint[] = [];
  /** Thrown by the next appends while set. */
  failure: Error | undefined;

  async latest(): Promise<WitnessedCheckpoint | undefined> {
    return this.checkpoints.at(-1);
  }

  async append(checkpoint: WitnessedCheckpoint): Promise<void> {
    if (this.failure) throw this.failure;
    this.checkpoints.push(checkpoint);
  }
}

/** A database with a sequencer that runs only when told to. */
export interface TestLedger {
  readonly test: TestDatabase;
  readonly signer: NoteSigner;
  readonly witness: MemoryWitness;
  readonly sequencer: LedgerSequencer;
  verify(options?: LedgerVerification): Promise<LedgerReport>;
  /** Empties entries, ledger and witness: cheaper than another database. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a fresh database with a ledger of its own key. */
export async function openTestLedger(kind?: DatabaseKind): Promise<TestLedger> {
  const test = await openTestDatabase(kind);
  const signer = createSigner('careward.test/ledger', randomBytes(32));
  const witness = new MemoryWitness();
  const sequencer = testSequencer(test.database, signer, witness);
  return {
    test,
    signer,
    witness,
    sequencer,
    verify: (options) => verifyLedger(test.database, signer.verifierKey, witness, options),
    reset: async () => {
      await test.asOwner(
        'truncate audit_entry, ledger_leaf, ledger_tile, ledger_checkpoint restart identity',
      );
      witness.checkpoints = [];
      witness.failure = undefined;
    },
    close: () => test.close(),
  };
}

/** A sequencer on a database, whose background failures are thrown away unless asked for. */
export function testSequencer(
  database: Database,
  signer: NoteSigner,
  witness: CheckpointWitness,
  overrides: Partial<SequencerParts> = {},
): LedgerSequencer {
  const ledger = new LedgerSequenceRepository(database);
  return new LedgerSequencer({
    ledger,
    signer,
    witness,
    clock: systemClock,
    onFailure: () => {},
    ...overrides,
  });
}

/** Sequences until nothing waits: on a shared server a transaction of another test may hold the horizon for a moment. */
export async function settle(sequencer: LedgerSequencer, deadlineMs = 20_000): Promise<number> {
  for (const end = performance.now() + deadlineMs; ; await delay(20)) {
    const size = await sequencer.flush();
    if (sequencer.pending === 0) return size;
    if (performance.now() > end) throw new Error(`${sequencer.pending} entries still wait`);
  }
}

/** Writes entries in one transaction, through the role and the trigger that production uses. */
export async function writeEntries(database: Database, count: number, action = 'test.access'): Promise<void> {
  const identity = database.forIdentity(testIdentityContext());
  const event = () => ({ action, resourceType: 'test', resourceId: newId(), outcome: 'success' }) as const;
  await identity.batch(Array.from({ length: count }, () => auditEntryInsert(identity.build, event(), null)));
}
