import { relative } from 'node:path';

/** A command line that starts this very program under this very Node, from the working directory, quoted for a POSIX shell. */
export function ownCommand(...args: readonly string[]): string {
  const program = [process.execPath, process.argv[1] ?? 'careward'].map(shortest);
  return [...program, ...args].map(quoted).join(' ');
}

function shortest(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere !== '' && !fromHere.startsWith('..') ? fromHere : path;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
