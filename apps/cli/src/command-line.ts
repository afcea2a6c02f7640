import { Command, CommanderError } from 'commander';
import type { CommandHost } from './command-host.ts';
import { addConfigCommands } from './commands/config-check.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addImportCommand } from './commands/import.ts';
import { addKeysCommands } from './commands/keys-create.ts';
import { addLedgerCommands } from './commands/ledger.ts';
import { addServeCommand } from './commands/serve.ts';
import { addTokenCommands } from './commands/token.ts';
import { addUserCommands } from './commands/user-setup.ts';
import { EXIT, EXIT_CODES_HELP } from './exit-codes.ts';
import { failureText } from './failure-text.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command and answers its exit code. Never rejects: every failure is told on the terminal. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<number> {
  let exitCode: number = EXIT.ok;
  const host: CommandHost = {
    terminal,
    action:
      (work) =>
      async (...inputs) => {
        exitCode = await work(...inputs);
      },
  };
  try {
    await createProgram(host).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return tellFailure(error, terminal);
  }
}

function createProgram(host: CommandHost): Command {
  const { terminal } = host;
  const program = new Command('careward')
    .description('Careward: a healthcare platform that proves its security.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .addHelpText('after', EXIT_CODES_HELP);
  const add = [
    addServeCommand,
    addDemoCommand,
    addImportCommand,
    addUserCommands,
    addKeysCommands,
    addLedgerCommands,
    addTokenCommands,
    addConfigCommands,
  ];
  for (const each of add) each(program, host);
  return program;
}

function tellFailure(error: unknown, terminal: Terminal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const debug = terminal.environment.CAREWARD_LOG_LEVEL === 'debug';
  for (const line of failureText(error, debug)) terminal.note(line);
  const missing = error instanceof Error && 'code' in error && error.code === 'cli-input-missing';
  return missing ? EXIT.usage : EXIT.failure;
}
