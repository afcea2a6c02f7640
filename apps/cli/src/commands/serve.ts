import type { RunningServer } from '@careward/server';
import type { Command } from 'commander';
import type { CommandHost } from '../command-host.ts';
import { EXIT } from '../exit-codes.ts';
import { listen } from '../listen.ts';
import { loadServer } from '../load-server.ts';
import { ownCommand } from '../own-command.ts';
import { StopSignals } from '../stop-signals.ts';
import type { Terminal } from '../terminal.ts';

/** Adds `serve`. */
export function addServeCommand(program: Command, { terminal, action }: CommandHost): void {
  program
    .command('serve')
    .description('start the server; SIGINT or SIGTERM stops it in order, a second one at once')
    .action(action(() => serve(terminal)));
}

/** Serves until a signal comes, then stops: no request is cut and the ledger is up to date. */
async function serve(terminal: Terminal): Promise<number> {
  const { loadConfiguration } = await loadServer();
  const configuration = loadConfiguration(terminal.environment);
  const signals = new StopSignals(() => process.exit(EXIT.interrupted));
  try {
    const running = await listen(configuration);
    for (const line of greeting(running)) terminal.note(line);
    await signals.first;
    terminal.note('Stopping: requests in work are answered first. Another signal stops at once.');
    await running.stop();
    terminal.note('Stopped.');
    return EXIT.ok;
  } finally {
    signals.release();
  }
}

function greeting({ url, metricsUrl, authorityFile, setupCode }: RunningServer): string[] {
  return [
    `Careward answers at ${url}`,
    ...(authorityFile === undefined ? [] : [`  trust    ${authorityFile}`]),
    `  API      ${url}/api/v1/`,
    `  metrics  ${metricsUrl}`,
    ...(setupCode === undefined ? [] : setupAdvice(url, authorityFile, setupCode.reveal())),
  ];
}

function setupAdvice(url: string, authorityFile: string | undefined, code: string): string[] {
  const trust = authorityFile === undefined ? [] : ['--ca', authorityFile];
  return [
    '',
    'There is no administrator yet. Make the first one within an hour, in another terminal:',
    `  ${ownCommand('user', 'setup', '--url', url, ...trust, `--code=${code}`)}`,
    'The code works once. A restart prints a new one and ends this one.',
  ];
}
