import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SetupRequest, SetupResult } from '@careward/api-schema';
import type { Command } from 'commander';
import { processQuestioner, type Questioner } from '../ask.ts';
import { cliErrors } from '../cli.errors.ts';
import { type ApiAccess, ApiClient } from '../client/api-client.ts';
import type { CommandHost } from '../command-host.ts';
import { EXIT } from '../exit-codes.ts';
import { loadServer } from '../load-server.ts';
import type { Environment, Terminal } from '../terminal.ts';

/** Options of `user setup`. What is absent is asked for where a person is there. */
export interface UserSetupOptions {
  readonly code?: string;
  readonly email?: string;
  readonly name?: string;
  readonly url?: string;
  readonly ca?: string;
}

/** Adds `user setup`. */
export function addUserCommands(program: Command, { terminal, action }: CommandHost): void {
  program
    .command('user')
    .description('people who sign in')
    .command('setup')
    .description('make the first administrator, once, with the code that the server printed')
    .option('--code <code>', 'the one-time code')
    .option('--email <address>', 'with which the administrator signs in')
    .option('--name <name>', 'the name of the administrator')
    .option('--url <url>', 'the server (default: this machine, from the configuration)')
    .option('--ca <file>', 'the authority to trust (default: the one of the home folder)')
    .addHelpText(
      'after',
      '\nThe password is asked for, or is the first line of standard input. It is never an argument.',
    )
    .action(action((options: UserSetupOptions) => setUpAdministrator(options, terminal, processQuestioner)));
}

/** Sends the set-up to the running server. Rejects with {@link RefusedByServer} when the code does not count. */
export async function setUpAdministrator(
  options: UserSetupOptions,
  terminal: Terminal,
  questioner: Questioner,
): Promise<number> {
  const access = await accessOf(options, terminal.environment);
  const body = await setupRequest(options, questioner);
  const client = ApiClient.open(access);
  try {
    await client.get(SetupResult, { method: 'POST', path: '/api/v1/setup', body });
  } finally {
    await client.close();
  }
  const signIn = new URL('/sign-in', await publicUrlOf(options, terminal.environment));
  terminal.out(`${body.email} is the administrator. Sign in with a browser at ${signIn.href}`);
  return EXIT.ok;
}

/**
 * Where people reach the server: what the one of this home calls itself, when it is meant. Of another one only the address that was named
 * is known, and nothing of this machine's configuration is needed.
 */
export async function publicUrlOf({ url, ca }: UserSetupOptions, environment: Environment): Promise<string> {
  const { loadConfiguration, localAccess } = await loadServer();
  try {
    const local = localAccess(loadConfiguration(environment));
    const isOfThisHome = ca !== undefined && resolve(ca) === local.authorityFile;
    return url === undefined || url === local.url || isOfThisHome ? local.publicUrl : url;
  } catch (error) {
    if (url === undefined) throw error;
    return url;
  }
}

async function accessOf({ url, ca }: UserSetupOptions, environment: Environment): Promise<ApiAccess> {
  if (url !== undefined && ca !== undefined) return { url, authority: await readPem(ca) };
  const { loadConfiguration, localAccess } = await loadServer();
  const local = localAccess(loadConfiguration(environment));
  // Of another machine's server this home knows nothing; what the machine itself trusts has to do.
  const isForeign = url !== undefined && !existsSync(local.authorityFile ?? '');
  const file = ca ?? (isForeign ? undefined : local.authorityFile);
  const authority = file === undefined ? undefined : await readPem(file);
  return url === undefined ? { ...local, authority } : { url, authority };
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw cliErrors.error('cli-file-unreadable', {
      detail: `${path}: start the server once, it makes the file`,
      cause,
    });
  }
}

async function setupRequest(options: UserSetupOptions, questioner: Questioner): Promise<SetupRequest> {
  const given = {
    code: options.code ?? (await ask(questioner, 'Set-up code', '--code')),
    email: options.email ?? (await ask(questioner, 'E-mail address', '--email')),
    displayName: options.name ?? (await ask(questioner, 'Name', '--name')),
    password: await askPassword(questioner),
  };
  const parsed = SetupRequest.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw cliErrors.error('cli-input-missing', { faults });
}

async function ask(questioner: Questioner, what: string, option: string): Promise<string> {
  if (questioner.interactive) return (await questioner.ask(`${what}: `)).trim();
  throw cliErrors.error('cli-input-missing', { detail: option });
}

async function askPassword(questioner: Questioner): Promise<string> {
  if (!questioner.interactive)
    return questioner.readLine('the password, as the first line of standard input');
  const password = await questioner.askHidden('Password (at least 15 characters, not shown): ');
  const again = await questioner.askHidden('The same once more: ');
  if (password === again) return password;
  throw cliErrors.error('cli-input-missing', {
    faults: [{ path: 'password', message: 'was typed differently twice' }],
  });
}
