export { auditErrors } from './audit.errors.ts';
export { AuditEntryRepository, auditEntryInsert, type ConcernedPatient } from './audit-entry.repository.ts';

export type { AuditEvent } from './audit-event.ts';
export { AuditTrail } from './audit-trail.ts';
export type { CheckpointWitness, WitnessedCheckpoint } from './checkpoint-witness.ts';
export { FileCheckpointWitness } from './file-checkpoint-witness.ts';
export { LEDGER_ENTRY_COLUMNS, type LedgerEntryRow, ledgerEntryOf } from './ledger-entry-row.ts';
export { LedgerSequenceRepository } from './ledger-sequence.repository.ts';
export {
  LedgerSequencer,
  type SequencerParts,
} from './ledger-sequencer.ts';
export { newestCheckpoint, readTiles } from './ledger-tree.repository.ts';
export { proofTiles } from './proof-tiles.ts';
export { recordedRead } from './recorded-read.repository.ts';

export { type LedgerReport, type LedgerVerification, verifyLedger } from './verify-ledger.ts';
