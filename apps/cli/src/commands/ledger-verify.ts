import type { LedgerMeasure, LedgerReport } from '@careward/server';
import { EXIT } from '../exit-codes.ts';
import { loadServer } from '../load-server.ts';
import { readNamedFile } from '../named-file.ts';
import { table } from '../table.ts';
import { type Terminal, toned } from '../terminal.ts';

/** Options of `ledger verify`. */
export interface LedgerVerifyOptions {
  readonly proof?: string;
  readonly key?: string;
  readonly checkpoint?: string;
  readonly json?: boolean;
}

/** Checks the whole stored log. Answers 4 when anything is found, however small. */
export async function verifyLedger(options: LedgerVerifyOptions, terminal: Terminal): Promise<number> {
  const { loadConfiguration, openPlatform, verifyStoredLedger } = await loadServer();
  const measure = await measureOf(options);
  const platform = await openPlatform(
    loadConfiguration({ ...terminal.environment, CAREWARD_LOG_LEVEL: 'silent' }),
  );
  try {
    terminal.note('Reading the whole log: every entry, leaf, tile and checkpoint.');
    const report = await verifyStoredLedger(platform, measure);
    const lines = options.json ? [JSON.stringify(report, null, 2)] : ledgerReportLines(report, terminal);
    for (const line of lines) terminal.out(line);
    return report.ok ? EXIT.ok : EXIT.ledgerNotVerified;
  } finally {
    await platform.close();
  }
}

async function measureOf({ key, checkpoint }: LedgerVerifyOptions): Promise<LedgerMeasure> {
  return {
    ...(key !== undefined && { verifierKey: (await readNamedFile(key)).trim() }),
    ...(checkpoint !== undefined && { keptCheckpoint: await readNamedFile(checkpoint) }),
  };
}

/** The report as a person reads it; findings name entries by id, never their content. */
function ledgerReportLines(report: LedgerReport, terminal: Terminal): string[] {
  const { ok, size, checkpoints, pending, witnessedSize, findings, omittedFindings } = report;
  const verdict = ok ? toned(terminal, 'good', 'WHOLE') : toned(terminal, 'bad', 'NOT WHOLE');
  return [
    `${verdict}  ${size} entries under ${checkpoints} signed checkpoints`,
    `  witness  ${witnessText(witnessedSize)}`,
    ...(pending === 0
      ? []
      : [`  waiting  ${pending} entries are not in the log yet; a running server adds them`]),
    ...(findings.length === 0 ? [] : ['', ...findingTable(findings)]),
    ...(omittedFindings === 0 ? [] : [`and ${omittedFindings} more`]),
  ];
}

function witnessText(size: number | null): string {
  return size === null
    ? 'none: a log that was cut back to an earlier checkpoint would look whole'
    : `a checkpoint of ${size} entries kept outside the database`;
}

function findingTable(findings: LedgerReport['findings']): string[] {
  const rows = findings.map(({ kind, entryId = '', index, message }) => [
    kind,
    entryId,
    String(index ?? ''),
    message,
  ]);
  return table(['finding', 'entry', 'leaf', 'what'], rows);
}
