// The whole log against the database it is kept in, its public key, and a witness outside.
//
// Defends: what the owner of the database does to entries is found and the entry is named: deleted, altered, reordered, back-dated,
// inserted behind the log's back, cut off at the end. Needs neither the signing key nor trust in the server that wrote the log.
// Does not defend: without a witness a log that was cut back to one of its own earlier checkpoints looks whole, so the report says
// whether one was asked. Entries that are younger than the last checkpoint are counted, not judged. The transaction number of an
// entry only orders it until it has a leaf; afterwards nothing reads it, and no commitment covers it.
import { CarewardError } from '@careward/kernel';
import { type Finding, type LogReport, openCheckpoint, verifyLog } from '@careward/ledger';
import type { Database } from '../persistence/index.ts';
import type { CheckpointWitness, WitnessedCheckpoint } from './checkpoint-witness.ts';
import { LedgerLogRepository, type LogExtent } from './ledger-log.repository.ts';

/** By which measure to verify. */
export interface LedgerVerification {
  /** Findings to list of each kind of check; default 1,000. */
  readonly maxFindings?: number;
  /** How far the clocks of database and server may have differed, milliseconds; default 5 minutes. */
  readonly toleranceMs?: number;
  /** True if entries may be without details because they were erased lawfully. */
  readonly allowErased?: boolean;
}

/** The outcome. Only `ok` means that nothing was found. */
export interface LedgerReport extends LogReport {
  /** Entries without a leaf; in a log that is at work those of the last second. */
  readonly pending: number;
  /** Size of the witnessed checkpoint that the log was measured by; null when the witness knows none. */
  readonly witnessedSize: number | null;
}

/**
 * Verifies the stored log; it may grow meanwhile. `verifierKey` is the vkey text that was handed out when the ledger began.
 * Throws `ledger-verifier-key-malformed`, and when the database or the witness cannot be read; all else is a finding.
 */
export async function verifyLedger(
  database: Database,
  verifierKey: string,
  witness: CheckpointWitness | undefined,
  options: LedgerVerification = {},
): Promise<LedgerReport> {
  const findings: Finding[] = [];
  const witnessed = await askWitness(witness, findings);
  const log = new LedgerLogRepository(database);
  const extent = await log.extent();
  const report = await verifyLog({
    leaves: log.leaves(extent.leafEnd),
    checkpoints: log.checkpoints(extent.size),
    tiles: log.tiles(extent.size),
    verifierKey,
    ...(witnessed && { trustedCheckpoint: witnessed.note }),
    ...options,
  });
  findings.push(...(await nameMissing(log, extent, report)));
  findings.push(...(await findStrays(log, extent, options.maxFindings ?? 1_000)));
  const trusted = witnessed && openTrusted(witnessed, verifierKey);
  if (witnessed && trusted && trusted.size > extent.size) {
    findings.push(...(await nameTruncated(log, witnessed, trusted)));
  }
  return {
    ...report,
    ok: findings.length === 0 && report.ok,
    findings,
    pending: await log.countLeafless(),
    witnessedSize: trusted?.size ?? null,
  };
}

/** A witness that was tampered with is a finding; the log is still verified without it. */
async function askWitness(witness: CheckpointWitness | undefined, findings: Finding[]) {
  try {
    return await witness?.latest();
  } catch (error) {
    if (!(error instanceof CarewardError) || error.code !== 'audit-witness-damaged') throw error;
    findings.push({ kind: 'bad-signature', message: 'The witness holds no checkpoint that can be read.' });
    return undefined;
  }
}

/** verifyLog has reported a witnessed note that does not open; here it only counts as none. */
function openTrusted({ note }: WitnessedCheckpoint, verifierKey: string) {
  try {
    return openCheckpoint(note, verifierKey);
  } catch (error) {
    if (error instanceof CarewardError) return undefined;
    throw error;
  }
}

/** A leaf that is gone is named by the entries beside it, and by its own id where only one can have been there. */
async function nameMissing(
  log: LedgerLogRepository,
  extent: LogExtent,
  report: LogReport,
): Promise<Finding[]> {
  // Leaves that were numbered anew after a deletion stand before their place in the tree.
  const isRenumbered = extent.leafCount === extent.leafEnd && report.size > extent.leafEnd;
  const named: Finding[] = [];
  let gone = 0;
  for (const finding of report.findings) {
    const { kind, index, entryId } = finding;
    if (kind !== 'missing' || entryId !== undefined || index === undefined) {
      named.push(finding);
      continue;
    }
    const { before, after } = await log.neighbours(index - (isRenumbered ? gone : 0));
    named.push({ ...finding, ...nameBetween(finding.message, before, after) });
    gone += (finding.endIndex ?? index + 1) - index;
  }
  return named;
}

function nameBetween(message: string, before: string | null, after: string | null) {
  const isOnlyOne = after !== null && BigInt(after) - BigInt(before ?? 0) === 2n;
  const place = `It stood between entry ${before ?? 'none'} and entry ${after ?? 'none'}.`;
  return { message: `${message} ${place}`, ...(isOnlyOne && { entryId: String(BigInt(after) - 1n) }) };
}

async function findStrays(log: LedgerLogRepository, extent: LogExtent, limit: number): Promise<Finding[]> {
  const strays = await log.strayEntries(limit);
  const displaced = await log.displacedCheckpoints(extent.size, limit);
  const unsigned = extent.leafEnd > extent.size ? await log.leafEntriesFrom(extent.size, limit) : [];
  return [
    ...unsigned.map(({ index, entryId }) => ({
      kind: 'inserted' as const,
      index,
      entryId,
      message: `Entry ${entryId} at leaf ${index} lies beyond the newest checkpoint: put in, or its checkpoint was removed.`,
    })),
    ...strays.map(({ id, is_unborn }) => ({
      kind: 'missing' as const,
      entryId: id,
      message: is_unborn
        ? `Entry ${id} claims a transaction that never was: it would never become a leaf.`
        : `Entry ${id} has no leaf although later entries have: its leaf was removed, or it was put in afterwards.`,
    })),
    ...displaced.map(({ size: end, entryId }) => ({
      kind: 'altered' as const,
      index: end - 1,
      entryId,
      message: `The checkpoint of size ${end} names entry ${entryId} as its last, which its last leaf does not.`,
    })),
  ];
}

async function nameTruncated(
  log: LedgerLogRepository,
  { lastEntryId }: WitnessedCheckpoint,
  { size, time }: { size: number; time: string },
): Promise<Finding[]> {
  const kind = 'truncated' as const;
  const ids = await log.leaflessBefore(time, 1_000);
  const last = {
    kind,
    index: size - 1,
    entryId: lastEntryId,
    message: `Entry ${lastEntryId} was the last of ${size} that were signed.`,
  };
  return [
    last,
    ...ids
      .filter((id) => id !== lastEntryId)
      .map((entryId) => ({
        kind,
        entryId,
        message: `Entry ${entryId} was signed or about to be, and has no leaf.`,
      })),
  ];
}
