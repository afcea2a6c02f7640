// Checkpoints in a file outside the database.
//
// Defends: the log from whoever owns the database but not this server's files. A database that was cut, rolled back or rewritten no
// longer contains what the last line here vouches for.
// How: one line of JSON a checkpoint, only ever appended, synced before the append counts (docs/formats/checkpoint-witness.md). A line
// that a crash tore is no JSON; it was never acknowledged and is passed over.
// Does not defend: against whoever can change this file too. Copy it, or the checkpoints served in public, to another machine.
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { auditErrors } from './audit.errors.ts';
import type { CheckpointWitness, WitnessedCheckpoint } from './checkpoint-witness.ts';

/** A line is a few hundred bytes: the last whole one lies well within this. */
const TAIL_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** Appends checkpoints to a file of mode 0600, in a folder of mode 0700 that is made if absent. */
export class FileCheckpointWitness implements CheckpointWitness {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Refuses a file that holds lines but no checkpoint with `audit-witness-damaged`. */
  async latest(): Promise<WitnessedCheckpoint | undefined> {
    const file = await openIfPresent(this.#path);
    if (file === undefined) return undefined;
    try {
      return lastCheckpoint(await readTail(file));
    } finally {
      await file.close();
    }
  }

  async append(checkpoint: WitnessedCheckpoint): Promise<void> {
    const folder = dirname(this.#path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await open(this.#path, 'a+', 0o600);
    try {
      const { size } = await file.stat();
      const separator = (await endsWithin(file, size)) ? '\n' : '';
      const { note, lastEntryId } = checkpoint;
      await file.appendFile(`${separator}${JSON.stringify({ note, lastEntryId })}\n`);
      await file.sync();
      if (size === 0) await syncFolder(folder);
    } finally {
      await file.close();
    }
  }
}

async function openIfPresent(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readTail(file: FileHandle): Promise<string> {
  const { size } = await file.stat();
  const length = Math.min(size, TAIL_BYTES);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('utf8', 0, bytesRead);
}

/** Whether the file ends inside a line, as a crash leaves it. */
async function endsWithin(file: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== NEWLINE;
}

function lastCheckpoint(tail: string): WitnessedCheckpoint | undefined {
  const lines = tail.split('\n').slice(0, -1);
  for (const line of lines.reverse()) {
    const value = parse(line);
    if (value !== undefined) return checkpointOf(value);
  }
  if (lines.length > 0)
    throw auditErrors.error('audit-witness-damaged', { detail: 'no line is a checkpoint' });
  return undefined;
}

function checkpointOf(value: unknown): WitnessedCheckpoint {
  const { note, lastEntryId } = (value ?? {}) as Record<string, unknown>;
  if (typeof note !== 'string' || typeof lastEntryId !== 'string') {
    throw auditErrors.error('audit-witness-damaged', { detail: 'the last line is not a checkpoint' });
  }
  return { note, lastEntryId };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
