import { type LedgerReport, verifyLedger } from '../audit/index.ts';
import type { Platform } from '../platform/index.ts';

/** By what else to measure the log. */
export interface LedgerMeasure {
  /** A checkpoint note that was kept where this machine cannot change it: the log must continue it. */
  readonly keptCheckpoint?: string;
  /** The vkey text that was handed out when the ledger began; default the one of the ledger key file. */
  readonly verifierKey?: string;
}

/** Verifies the whole stored log against the witness of the home folder, and against what was kept elsewhere. */
export async function verifyStoredLedger(
  platform: Platform,
  measure: LedgerMeasure = {},
): Promise<LedgerReport> {
  const report = await platform.ledgerVerification.verify();
  const { keptCheckpoint: note, verifierKey = platform.ledgerKey } = measure;
  if (note === undefined && verifierKey === platform.ledgerKey) return report;
  const witness =
    note === undefined ? undefined : { latest: async () => ({ note, lastEntryId: '' }), append };
  const second = await verifyLedger(platform.database, verifierKey, witness);
  const known = new Set(report.findings.map(({ message }) => message));
  // A note names no entry: what would be said about its last one is said of the leaves.
  const more = second.findings.filter(({ message, entryId }) => entryId !== '' && !known.has(message));
  return { ...report, ok: report.ok && second.ok, findings: [...report.findings, ...more] };
}

/** A checkpoint on paper learns nothing. */
async function append(): Promise<void> {}
