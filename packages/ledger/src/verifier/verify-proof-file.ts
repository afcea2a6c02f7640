// The check a patient or an auditor runs on a proof file, alone and offline. Defends: nobody who does not hold
// the ledger's key can make a file about an entry that is not in the signed tree, or about an entry of other
// words or another time. Does not defend: against a ledger that shows different trees to different people;
// compare the file's checkpoint with one kept elsewhere for that.
import { type Checkpoint, openCheckpoint } from '../format/checkpoint.ts';
import { commitEntry, type LedgerEntry } from '../format/entry.ts';
import { isLedgerError } from '../format/ledger.errors.ts';
import { parseVerifierKey, type VerifierKey } from '../format/note-key.ts';
import { type InclusionEvidence, parseProofFile } from '../format/proof-file.ts';
import { DEFAULT_TOLERANCE_MS, isAfter } from './time-window.ts';
import { verifyInclusion } from './verify-inclusion.ts';

/** Why a proof file does not prove its entry. */
export type ProofProblem = 'malformed' | 'bad-signature' | 'not-included' | 'wrong-time';

/** What a proof file is worth. Only what `proved: true` carries may be shown as true. */
export type ProofVerdict =
  | { proved: true; entry: LedgerEntry; leafIndex: number; checkpoint: Checkpoint }
  | { proved: false; problem: ProofProblem; message: string };

/**
 * Judges a proof file (JSON text or parsed) under the ledger's verifier key: shape, signature, inclusion, and
 * that the entry does not claim a time after its checkpoint plus `toleranceMs`. Throws only
 * 'ledger-verifier-key-malformed'; everything about the file is in the verdict.
 */
export function verifyProofFile(
  file: unknown,
  verifierKey: string,
  toleranceMs: number = DEFAULT_TOLERANCE_MS,
): ProofVerdict {
  const key = parseVerifierKey(verifierKey);
  const evidence = orUndefined(() => parseProofFile(file));
  if (!evidence) return refused('malformed', 'The file is not an inclusion proof of this ledger format.');
  const commitment = orUndefined(() => commitEntry(evidence.entry, evidence.salt));
  if (!commitment) return refused('malformed', 'The entry in the file is not a ledger entry.');
  return judge(evidence, commitment, key, toleranceMs);
}

function judge(
  evidence: InclusionEvidence,
  commitment: Buffer,
  key: VerifierKey,
  toleranceMs: number,
): ProofVerdict {
  const { entry, leafIndex, path } = evidence;
  const checkpoint = orUndefined(() => openCheckpoint(evidence.checkpoint, key));
  if (!checkpoint) return refused('bad-signature', "The checkpoint is not signed by the ledger's key.");
  if (!verifyInclusion({ commitment, leafIndex, size: checkpoint.size, path, root: checkpoint.root })) {
    return refused('not-included', 'The entry, as written in the file, is not in the signed tree.');
  }
  if (isAfter(entry.at, checkpoint.time, toleranceMs)) {
    return refused('wrong-time', 'The entry claims a time after the checkpoint that contains it.');
  }
  return { proved: true, entry, leafIndex, checkpoint };
}

function refused(problem: ProofProblem, message: string): ProofVerdict {
  return { proved: false, problem, message };
}

function orUndefined<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (isLedgerError(error)) return undefined;
    throw error;
  }
}
