/**
 * Files that hold keys: read only when nobody else could have read or replaced them, written so that a crash leaves the
 * old content or the new one.
 *
 * Defends against other accounts of the machine and against power loss. It does not defend against root, against a copy
 * of the disk, or against file systems that do not keep POSIX modes.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { vaultErrors } from './vault.errors.ts';

const othersMayReachFile = 0o077;
const othersMayWriteDirectory = 0o022;
const largestFileBytes = 64 * 1024;
const readFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The text of a guarded file, checked on the open handle so that it cannot be swapped in between.
 * @throws CarewardError `vault-key-file-missing`; `vault-key-file-refused` for a symbolic link, no regular file, a
 * foreign owner, any right of group or others, a directory others may write to, or over 64 KiB
 */
export async function readGuarded(path: string): Promise<string> {
  const file = await open(path, readFlags).catch((error: unknown) => {
    throw unreadable(error);
  });
  try {
    await rejectExposedDirectory(dirname(path));
    await rejectExposedFile(file);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * Creates a guarded file (0600, missing directories 0700) that appears whole or not at all.
 * @throws CarewardError `vault-key-file-exists`; `vault-key-file-refused` when others may write to the directory
 */
export async function createGuarded(path: string, text: string): Promise<void> {
  await makeDirectory(dirname(path));
  await rejectExposedDirectory(dirname(path));
  const draft = `${path}.${randomBytes(8).toString('hex')}.new`;
  await writeDraft(draft, text);
  try {
    await link(draft, path);
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? vaultErrors.error('vault-key-file-exists') : error;
  } finally {
    await unlink(draft);
  }
  await syncDirectory(dirname(path));
}

/**
 * Replaces a guarded file by `change(text)`. The draft has a fixed name and must not exist, so two processes cannot
 * change the file at once and lose a key.
 * @throws CarewardError `vault-key-file-busy`, and what `readGuarded` throws
 */
export async function changeGuarded(path: string, change: (text: string) => string): Promise<void> {
  const draft = `${path}.new`;
  const lock = await openDraft(draft).catch((error: unknown) => {
    throw codeOf(error) === 'EEXIST' ? vaultErrors.error('vault-key-file-busy', { detail: draft }) : error;
  });
  try {
    await fillAndClose(lock, async () => change(await readGuarded(path)));
    await rename(draft, path);
  } catch (error) {
    await unlink(draft);
    throw error;
  }
  await syncDirectory(dirname(path));
}

async function rejectExposedFile(file: FileHandle): Promise<void> {
  const { mode, uid, size } = await file.stat();
  if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw refused('not a regular file');
  if ((mode & othersMayReachFile) !== 0) throw refused('group or others have rights on the file: chmod 600');
  if (!isTrusted(uid)) throw refused('the file belongs to another account');
  if (size > largestFileBytes) throw refused('the file is too large');
}

async function rejectExposedDirectory(directory: string): Promise<void> {
  const { mode, uid } = await stat(directory);
  if ((mode & othersMayWriteDirectory) !== 0) throw refused('others may write to the directory: chmod 700');
  if (!isTrusted(uid)) throw refused('the directory belongs to another account');
}

/** Ours or root's; a system without accounts answers no uid and has nothing to compare. */
function isTrusted(uid: number): boolean {
  const own = process.geteuid?.();
  return own === undefined || uid === own || uid === 0;
}

async function makeDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  const above = dirname(first);
  for (let at = dirname(directory); at.length >= above.length; at = dirname(at)) {
    await syncDirectory(at);
    if (at === above) return;
  }
}

function openDraft(path: string): Promise<FileHandle> {
  return open(path, 'wx', 0o600);
}

async function writeDraft(path: string, text: string): Promise<void> {
  await fillAndClose(await openDraft(path), async () => text);
}

async function fillAndClose(file: FileHandle, text: () => Promise<string>): Promise<void> {
  try {
    await file.chmod(0o600);
    await file.writeFile(await text());
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function unreadable(error: unknown): Error {
  if (codeOf(error) === 'ENOENT') return vaultErrors.error('vault-key-file-missing', { cause: error });
  return vaultErrors.error('vault-key-file-refused', { detail: 'the file cannot be opened', cause: error });
}

function refused(detail: string): Error {
  return vaultErrors.error('vault-key-file-refused', { detail });
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
