import type { ImportReport } from '@careward/api-schema';
import type { Command } from 'commander';
import type { CommandHost } from '../command-host.ts';
import { EXIT } from '../exit-codes.ts';
import { loadServer } from '../load-server.ts';
import { rejectUnreadable } from '../named-file.ts';
import type { Terminal } from '../terminal.ts';
import { countPatients } from './count-patients.ts';
import { importProgress } from './import-progress.ts';
import { reportLines } from './import-report.ts';

interface ImportOptions {
  readonly json?: boolean;
}

/** Adds `import`. */
export function addImportCommand(program: Command, { terminal, action }: CommandHost): void {
  program
    .command('import')
    .description('import FHIR R4 bundles; every organization that gives care becomes a clinic')
    .argument('<file...>', 'bundles in JSON; what one names and another holds is found')
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nImporting the same again changes nothing. After a crash or a kill, run the same command again.',
    )
    .action(action((files: string[], options: ImportOptions) => importFiles(files, options, terminal)));
}

/** Imports the files as one and prints the report. Answers 3 when something was refused. */
async function importFiles(
  files: readonly string[],
  options: ImportOptions,
  terminal: Terminal,
): Promise<number> {
  const { loadConfiguration, openPlatform } = await loadServer();
  const configuration = loadConfiguration({ ...terminal.environment, CAREWARD_LOG_LEVEL: 'silent' });
  for (const file of files) await rejectUnreadable(file);
  const progress = importProgress(terminal, await countPatients(files));
  const platform = await openPlatform(configuration);
  try {
    const report = await platform.operatorImport.run(files, progress.update);
    progress.finish();
    await platform.sequencer.flush();
    return tellReport(report, options, terminal);
  } finally {
    progress.finish();
    await platform.close();
  }
}

function tellReport(report: ImportReport, { json }: ImportOptions, terminal: Terminal): number {
  const lines = json ? [JSON.stringify(report, null, 2)] : reportLines(report);
  for (const line of lines) terminal.out(line);
  return hasRefusals(report) ? EXIT.importRefusals : EXIT.ok;
}

function hasRefusals({ refusals, patients, medicalRecords }: ImportReport): boolean {
  return refusals.length > 0 || patients.refused > 0 || medicalRecords.refused > 0;
}
