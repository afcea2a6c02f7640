import type { Command } from 'commander';
import type { CommandHost } from '../command-host.ts';
import { printVerifierKey } from './ledger-key.ts';
import { type LedgerVerifyOptions, verifyLedger } from './ledger-verify.ts';
import { verifyProof } from './ledger-verify-proof.ts';

/** Adds `ledger verify` and `ledger key`. */
export function addLedgerCommands(program: Command, { terminal, action }: CommandHost): void {
  const ledger = program.command('ledger').description('the log of every access, and its proofs');
  ledger
    .command('verify')
    .description('check the whole log against the database and its key; or one proof file, offline')
    .option(
      '--proof <file>',
      'check this proof file instead of the log; needs --key, no database and no server',
    )
    .option('--key <file>', 'the verifier key (default: the one of the ledger key file)')
    .option('--checkpoint <file>', 'a checkpoint that was kept elsewhere: the log must continue it')
    .option('--json', 'print the report as JSON')
    .action(
      action((options: LedgerVerifyOptions) =>
        options.proof === undefined ? verifyLedger(options, terminal) : verifyProof(options, terminal),
      ),
    );
  ledger
    .command('key')
    .description('print the verifier key: give it to whoever is to check proofs')
    .action(action(() => printVerifierKey(terminal)));
}
