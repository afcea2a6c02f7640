// Why is this token refused?
//
// Defends the token: it is read from a file or a pipe, never from an argument, which other accounts of the machine could see, and no part
// of it is printed. What is printed is names of checks, times and ids.
import type { TokenCheck } from '@careward/server';
import { processQuestioner, type Questioner } from '../ask.ts';
import { EXIT } from '../exit-codes.ts';
import { loadServer } from '../load-server.ts';
import { readNamedFile } from '../named-file.ts';
import { table } from '../table.ts';
import { type Terminal, toned } from '../terminal.ts';

/** Options of `token inspect`. */
export interface TokenInspectOptions {
  readonly keys?: string;
}

/** Tells every check. Answers 5 when one does not pass. */
export async function inspectToken(
  file: string,
  { keys }: TokenInspectOptions,
  terminal: Terminal,
  questioner: Questioner = processQuestioner,
): Promise<number> {
  const text =
    file === '-' ? await questioner.readLine('the token, on standard input') : await readNamedFile(file);
  const checks = await checksOf(text.trim().replace(/^(?:Bearer|DPoP) /i, ''), keys, terminal);
  const passes = checks.every(({ outcome }) => outcome === 'passes');
  const verdict = passes ? toned(terminal, 'good', 'PASSES') : toned(terminal, 'bad', 'DOES NOT PASS');
  terminal.out(`${verdict}  the token was not printed; whether its session lives is asked on every request`);
  const rows = checks.map(({ name, outcome, note }) => [name, outcome.replace('-', ' '), note]);
  for (const line of table(['check', 'outcome', 'what'], rows)) terminal.out(line);
  return passes ? EXIT.ok : EXIT.tokenNotValid;
}

async function checksOf(token: string, keys: string | undefined, terminal: Terminal): Promise<TokenCheck[]> {
  const server = await loadServer();
  if (keys !== undefined) return server.inspectTokenWithKeySet(await readNamedFile(keys), token);
  const configuration = server.loadConfiguration({ ...terminal.environment, CAREWARD_LOG_LEVEL: 'silent' });
  const platform = await server.openPlatform(configuration);
  try {
    return server.inspectStoredToken(platform, token);
  } finally {
    await platform.close();
  }
}
