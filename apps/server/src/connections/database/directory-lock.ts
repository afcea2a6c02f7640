// One process per data directory.
//
// Defends: the embedded database from a second process, which would write the same files and destroy them silently.
// How: an exclusive lock of the operating system (taken through SQLite, the only door to fcntl locks in Node). It ends with the
// process however the process ends, holds across containers that share the volume, and no recycled process id can fake it.
// The process id and start time beside it only tell the operator whom to look for.
// Does not defend: on network file systems without working locks, or against somebody who removes files by hand.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { databaseErrors } from './database.errors.ts';

/** A held lock. `release` may be called once the files are closed; a second call does nothing. */
export interface DirectoryLock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  /** Clock ticks between boot and the start of the process (field 22 of /proc/<pid>/stat); null where there is no /proc. */
  readonly startTicks: string | null;
}

/** Takes the lock of a directory, creating the directory if need be. Refuses with `connections-database-in-use`. */
export function lockDirectory(directory: string): DirectoryLock {
  const lock = openLockFile(directory);
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive');
  } catch (cause) {
    lock.close();
    throw databaseErrors.error('connections-database-in-use', { detail: describeHolder(directory), cause });
  }
  writeFileSync(holderFile(directory), JSON.stringify(holderOf(process.pid)));
  return { release: () => lock.isOpen && lock.close() };
}

function openLockFile(directory: string): DatabaseSync {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new DatabaseSync(join(directory, 'lock'));
  } catch (cause) {
    throw databaseErrors.error('connections-database-unusable', {
      detail: `${directory} cannot be written`,
      cause,
    });
  }
}

function describeHolder(directory: string): string {
  const holder = readHolder(directory);
  if (!holder) return `${directory} is in use by another process`;
  const alive = holder.startTicks !== null && startTicksOf(holder.pid) === holder.startTicks;
  return alive
    ? `${directory} is in use by process ${holder.pid}`
    : `${directory} is in use by a process outside this process namespace (it called itself ${holder.pid})`;
}

function readHolder(directory: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(holderFile(directory), 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function holderOf(pid: number): Holder {
  return { pid, startTicks: startTicksOf(pid) ?? null };
}

function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

function holderFile(directory: string): string {
  return join(directory, 'lock.holder.json');
}
