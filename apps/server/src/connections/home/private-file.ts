// Files and folders that only the server's own account may reach.
//
// Defends keys on disk from other accounts of the machine, and from a crash in the middle of writing: a file appears whole or
// not at all. Checks are made on the open handle, so the file cannot be exchanged in between. Does not defend against root, nor
// against file systems without POSIX modes.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { homeErrors } from './home.errors.ts';

const OTHERS = 0o077;
const LARGEST_FILE_BYTES = 65_536;

/** Creates the folder (0700) or checks the one that exists. Refuses a folder that others could enter, or of another account. */
export async function ensurePrivateFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw homeErrors.error('home-unusable', { detail: `${path} cannot be created`, cause });
  }
  const { mode, uid } = await stat(path);
  if ((mode & OTHERS) !== 0) throw exposed(path, 'others may enter the folder; run chmod 700 on it');
  if (!isOurs(uid)) throw exposed(path, 'the folder belongs to another account; run chown on it');
}

/** The text of a private file; undefined when there is none. Refuses links, foreign owners and any right of others. */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  const file = await openForReading(path);
  if (!file) return undefined;
  try {
    const { mode, uid, size } = await file.stat();
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw exposed(path, 'it is no regular file');
    if ((mode & OTHERS) !== 0) throw exposed(path, 'others may read or write it; run chmod 600 on it');
    if (!isOurs(uid)) throw exposed(path, 'it belongs to another account; run chown on it');
    if (size > LARGEST_FILE_BYTES)
      throw homeErrors.error('home-file-malformed', { detail: `${path} is too large` });
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** Creates a private file. False when one exists already: of several processes that start at once, one creates it. */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  const draft = await writeDraft(path, text);
  try {
    await link(draft, path);
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(draft);
  }
  await syncFolder(dirname(path));
  return true;
}

/** Puts a private file in place of whatever is there. */
export async function replacePrivateFile(path: string, text: string): Promise<void> {
  await rename(await writeDraft(path, text), path);
  await syncFolder(dirname(path));
}

async function openForReading(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return undefined;
    if (isCode(cause, 'ELOOP')) throw exposed(path, 'it is a symbolic link; name the file itself');
    throw homeErrors.error('home-unusable', { detail: `${path} cannot be opened`, cause });
  }
}

async function writeDraft(path: string, text: string): Promise<string> {
  const draft = `${path}.${randomBytes(8).toString('hex')}.new`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A system without accounts answers no uid and has nothing to compare. */
function isOurs(uid: number): boolean {
  const own = process.geteuid?.();
  return own === undefined || uid === own || uid === 0;
}

function exposed(path: string, what: string) {
  return homeErrors.error('home-exposed', { detail: `${path}: ${what}` });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
