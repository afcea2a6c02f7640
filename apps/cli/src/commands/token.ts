import type { Command } from 'commander';
import type { CommandHost } from '../command-host.ts';
import { inspectToken, type TokenInspectOptions } from './token-inspect.ts';
import { rotateTokenKey, type TokenRotateOptions } from './token-rotate.ts';

/** Adds `token rotate` and `token inspect`. */
export function addTokenCommands(program: Command, { terminal, action }: CommandHost): void {
  const token = program.command('token').description('access tokens and the keys that sign them');
  token
    .command('rotate')
    .description('make another key sign access tokens, a quarter of an hour from now')
    .option('--now', 'a key may be stolen: sign at once, and let nothing that was signed before count')
    .action(action((options: TokenRotateOptions) => rotateTokenKey(options, terminal)));
  token
    .command('inspect')
    .description('tell which checks a token passes; never prints it')
    .argument('<file>', 'a file with the token, or - for standard input')
    .option(
      '--keys <file>',
      'a key set, as a server gives it at /.well-known/jwks.json; needs no database then',
    )
    .action(action((file: string, options: TokenInspectOptions) => inspectToken(file, options, terminal)));
}
