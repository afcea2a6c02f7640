import { EXIT } from '../exit-codes.ts';
import { loadServer } from '../load-server.ts';
import type { Terminal } from '../terminal.ts';

/** Prints the public key of the ledger in C2SP vkey form. Needs neither the database nor a stopped server. */
export async function printVerifierKey(terminal: Terminal): Promise<number> {
  const { loadConfiguration, readVerifierKey } = await loadServer();
  terminal.out(await readVerifierKey(loadConfiguration(terminal.environment)));
  return EXIT.ok;
}
