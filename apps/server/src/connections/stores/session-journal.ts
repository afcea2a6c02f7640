// What the embedded store of identity has to know after a restart: accounts with their sessions, and failed attempts.
//
// One file of lines, each with a checksum, added to and never changed; who waits for `flush` knows that the disk has them. At the
// start, and when it has grown, it is written anew. Defends against a crash in the middle of writing (a torn line and what follows
// it are left out) and against a file that was copied back: the first line names the file's inode and birth time, so a copy that
// was restored or put in another place is not believed: the sessions end and everybody signs in again.
// Does not defend against a copy written over the same file in place, nor against a snapshot of the whole disk: sessions that come
// back so are stale, and the database refuses those that were revoked; attempts that were counted meanwhile are forgotten.
// Holds hashes of refresh tokens, never tokens. Belongs to one process: when a second one takes the file, the first refuses to go on.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readFile, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ensurePrivateFolder } from '../home/private-file.ts';
import { storeErrors } from './store.errors.ts';

/** One line: what is known of a name from now on; null for nothing. */
export interface JournalEntry {
  readonly kind: 'account' | 'attempts';
  readonly name: string;
  readonly value: unknown;
}

const FORM = 'careward-sessions-1';
const GROWN_BYTES = 4 * 1024 * 1024;
const CHECKSUM_LENGTH = 16;
const PRIVATE = 0o600;

/** An append-only file of {@link JournalEntry}. */
export class SessionJournal {
  readonly #path: string;
  readonly #everything: () => Iterable<JournalEntry>;
  #file: FileHandle | undefined;
  #waiting: string[] = [];
  #flushing: Promise<void> | undefined;
  #bytes = 0;
  #compactBytes = 0;
  #isBroken = false;
  #isTaken = false;

  private constructor(path: string, everything: () => Iterable<JournalEntry>) {
    this.#path = path;
    this.#everything = everything;
  }

  /**
   * Reads what the file holds into `take`, then writes it anew from `everything`. A file that is not believed counts as empty.
   * @throws CarewardError of the home when its folder is open to others
   */
  static async open(
    path: string,
    take: (entry: JournalEntry) => void,
    everything: () => Iterable<JournalEntry>,
  ): Promise<SessionJournal> {
    await ensurePrivateFolder(dirname(path));
    for (const entry of await readEntries(path)) take(entry);
    const journal = new SessionJournal(path, everything);
    await journal.#rewrite();
    return journal;
  }

  /** Adds a line, to be on the disk when the next {@link flush} has returned. */
  add(entry: JournalEntry): void {
    this.#waiting.push(lineOf(entry));
  }

  /** Returns when everything that was added is on the disk. Those who wait at the same time wait for one write. */
  async flush(): Promise<void> {
    while (this.#flushing) await this.#flushing.catch(() => undefined);
    if (this.#waiting.length === 0 && !this.#isBroken) return;
    this.#flushing = this.#write().finally(() => {
      this.#flushing = undefined;
    });
    await this.#flushing;
  }

  /** Writes what is left and closes the file. */
  async close(): Promise<void> {
    await this.flush();
    await this.#file?.close();
    this.#file = undefined;
  }

  async #write(): Promise<void> {
    try {
      if (this.#isTaken) throw new Error('another process has taken the file');
      if (this.#isBroken || this.#bytes > Math.max(GROWN_BYTES, 2 * this.#compactBytes)) {
        await this.#rewrite();
        return;
      }
      const lines = this.#waiting.join('');
      this.#waiting = [];
      await this.#append(lines);
    } catch (cause) {
      this.#isBroken = true;
      throw storeErrors.error('session-store-unavailable', {
        detail: 'the journal cannot be written',
        cause,
        retryAfterSeconds: 2,
      });
    }
  }

  async #append(lines: string): Promise<void> {
    const { nlink } = (await this.#file?.stat()) ?? { nlink: 0 };
    this.#isTaken = nlink === 0;
    if (this.#isTaken) throw new Error('another process has taken the file');
    await this.#file?.appendFile(lines);
    await this.#file?.datasync();
    this.#bytes += Buffer.byteLength(lines);
  }

  async #rewrite(): Promise<void> {
    const draft = `${this.#path}.new`;
    await unlink(draft).catch(() => undefined);
    const file = await open(draft, 'ax', PRIVATE);
    try {
      this.#waiting = [];
      const lines = [headerOf(await file.stat({ bigint: true }))];
      for (const entry of this.#everything()) lines.push(lineOf(entry));
      const text = lines.join('');
      await file.writeFile(text);
      await file.sync();
      await rename(draft, this.#path);
      await syncFolder(dirname(this.#path));
      await this.#file?.close();
      this.#file = file;
      this.#bytes = Buffer.byteLength(text);
      this.#compactBytes = this.#bytes;
      this.#isBroken = false;
    } catch (error) {
      await file.close();
      throw error;
    }
  }
}

/** The entries of a believed file up to the first damaged line; none of any other file. */
async function readEntries(path: string): Promise<readonly JournalEntry[]> {
  const facts = await lstat(path, { bigint: true }).catch(() => undefined);
  if (!facts?.isFile()) return [];
  const flag = constants.O_RDONLY | constants.O_NOFOLLOW;
  const lines = (await readFile(path, { encoding: 'utf8', flag })).split('\n');
  lines.pop();
  if (`${lines.shift()}\n` !== headerOf(facts)) return [];
  const entries: JournalEntry[] = [];
  for (const line of lines) {
    const entry = entryOf(line);
    if (entry === undefined) break;
    entries.push(entry);
  }
  return entries;
}

function headerOf({ ino, birthtimeNs }: { readonly ino: bigint; readonly birthtimeNs: bigint }): string {
  return `${FORM} ${ino} ${birthtimeNs}\n`;
}

function lineOf({ kind, name, value }: JournalEntry): string {
  const text = JSON.stringify([kind, name, value]);
  return `${checksum(text)} ${text}\n`;
}

function entryOf(line: string): JournalEntry | undefined {
  const text = line.slice(CHECKSUM_LENGTH + 1);
  if (line.slice(0, CHECKSUM_LENGTH) !== checksum(text)) return undefined;
  const [kind, name, value]: [JournalEntry['kind'], string, unknown] = JSON.parse(text);
  return { kind, name, value };
}

/** Against tearing, not against forging: who can write the file can sign anything. */
function checksum(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, CHECKSUM_LENGTH);
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
