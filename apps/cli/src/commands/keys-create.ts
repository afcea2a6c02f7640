// Key files for production, made by the operator on purpose.
//
// Defends production from keys that appeared by themselves: these carry the origin `operator`, which the server asks for. Nothing is
// ever replaced: an overwritten region key would make every record unreadable. Does not back the files up; the operator must.
import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { cliErrors } from '../cli.errors.ts';
import type { CommandHost } from '../command-host.ts';
import { EXIT } from '../exit-codes.ts';
import { loadServer } from '../load-server.ts';
import type { Terminal } from '../terminal.ts';

/** The kinds of key with the variable that names each file. */
const KEYS = [
  { purpose: 'region', variable: 'CAREWARD_REGION_KEY_FILE' },
  { purpose: 'ledger', variable: 'CAREWARD_LEDGER_KEY_FILE' },
] as const;

/** Adds `keys create`. */
export function addKeysCommands(program: Command, { terminal, action }: CommandHost): void {
  program
    .command('keys')
    .description('key files for production')
    .command('create')
    .description('make region-key.json and ledger-key.json; refuses to replace any')
    .argument('<folder>', 'where to put them; made with mode 0700 when it is absent')
    .option('--region <region>', 'the region they serve (default: CAREWARD_REGION, else local)')
    .action(action((folder: string, options: KeysOptions) => createKeys(folder, options, terminal)));
}

interface KeysOptions {
  readonly region?: string;
}

/** Makes the key files, or none when any is there: `cli-key-file-exists`. */
async function createKeys(folder: string, options: KeysOptions, terminal: Terminal): Promise<number> {
  const { loadConfiguration, createKeyFile } = await loadServer();
  const region = options.region ?? terminal.environment.CAREWARD_REGION;
  const { home } = loadConfiguration(region === undefined ? {} : { CAREWARD_REGION: region });
  const files = KEYS.map((key) => ({ ...key, path: resolve(folder, `${key.purpose}-key.json`) }));
  for (const { path } of files) await rejectExisting(path);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { purpose, path } of files) {
    if (!(await createKeyFile({ purpose, path, region: home.region }))) throw existing(path);
  }
  for (const { variable, path } of files) terminal.out(`${variable}=${path}`);
  terminal.note(
    `Made for region ${home.region}. Keep a copy of ${join(resolve(folder), '')} apart from the database:`,
  );
  terminal.note('without the region key no record can ever be read again.');
  return EXIT.ok;
}

async function rejectExisting(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined) throw existing(path);
}

function existing(path: string) {
  return cliErrors.error('cli-key-file-exists', { detail: path });
}
