import { open, readFile, stat } from 'node:fs/promises';
import { cliErrors } from './cli.errors.ts';

/** Far above any key, checkpoint or proof. */
const LARGEST_BYTES = 1_048_576;

/** The text of a small file that the command line names, or `cli-file-unreadable`. */
export async function readNamedFile(path: string): Promise<string> {
  await rejectUnreadable(path);
  const { size } = await stat(path);
  if (size > LARGEST_BYTES)
    throw cliErrors.error('cli-file-malformed', { detail: `${path}: it is larger than 1 MB` });
  return await readFile(path, 'utf8');
}

/** Refuses what is no file, or may not be read, with `cli-file-unreadable`. */
export async function rejectUnreadable(path: string): Promise<void> {
  const reason = await reasonUnreadable(path);
  if (reason !== undefined) throw cliErrors.error('cli-file-unreadable', { detail: `${path}: ${reason}` });
}

async function reasonUnreadable(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      return (await file.stat()).isFile() ? undefined : 'it is no file';
    } finally {
      await file.close();
    }
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  }
}
