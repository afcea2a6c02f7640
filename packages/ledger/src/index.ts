/** The ledger: a transparency log of accesses. `format` is shared, `appender` writes, `verifier` trusts nobody. */
export { type AppendedTree, appendLeaves, EMPTY_LEDGER, type LedgerState } from './appender/append-leaves.ts';
export { consistencyProof, inclusionProof } from './appender/proofs.ts';
export { type Checkpoint, openCheckpoint, signCheckpoint } from './format/checkpoint.ts';
export { commitEntry, ENTRY_FIELDS, encodeEntry, type LedgerEntry, SALT_BYTES } from './format/entry.ts';
export { EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash } from './format/hashes.ts';
export { isLedgerError, ledgerErrors } from './format/ledger.errors.ts';
export { createSigner, type NoteSigner, parseVerifierKey, type VerifierKey } from './format/note-key.ts';
export {
  createProofFile,
  type InclusionEvidence,
  PROOF_FORMAT,
  type ProofFile,
} from './format/proof-file.ts';
export { openNote, signNote } from './format/signed-note.ts';
export { TILE_WIDTH, type Tile, type TileReader, tilePath, tileWidth } from './format/tiles.ts';
export type { Finding, FindingKind } from './verifier/findings.ts';
export type { LogLeaf } from './verifier/leaf-rows.ts';
export { DEFAULT_TOLERANCE_MS } from './verifier/time-window.ts';
export { type ConsistencyClaim, verifyConsistency } from './verifier/verify-consistency.ts';
export { type InclusionClaim, verifyInclusion } from './verifier/verify-inclusion.ts';
export { type LogReport, type LogToVerify, verifyLog } from './verifier/verify-log.ts';
export { type ProofProblem, type ProofVerdict, verifyProofFile } from './verifier/verify-proof-file.ts';
