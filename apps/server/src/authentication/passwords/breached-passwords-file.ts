import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fold } from './context-words.ts';

/** Files up to this size are read into memory and may be in any order. */
const LOADED_BYTES = 32 * 1_024 * 1_024;
/** Longer than any line: 40 digits, a colon and a count. */
const WINDOW_BYTES = 256;
const DIGEST = /^[0-9A-F]{40}$/i;

/**
 * An operator's list of breached passwords, one a line: an SHA-1 digest in hexadecimal, with or without `:count`, or a password. A large
 * file holds digests only, sorted, as Have I Been Pwned publishes them, and is searched where it lies.
 */
export class BreachedPasswordsFile {
  readonly #path: string;
  #loaded: Promise<ReadonlySet<string> | undefined> | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether the digest of a password (upper-case SHA-1) is listed. A file that cannot be read rejects: nothing is taken for unknown. */
  async includes(digest: string): Promise<boolean> {
    this.#loaded ??= this.#load().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    const loaded = await this.#loaded;
    return loaded === undefined ? await this.#search(digest) : loaded.has(digest);
  }

  async #load(): Promise<ReadonlySet<string> | undefined> {
    if ((await stat(this.#path)).size > LOADED_BYTES) return undefined;
    const digests = new Set<string>();
    for await (const line of createInterface({ input: createReadStream(this.#path) })) {
      for (const digest of digestsOf(line)) digests.add(digest);
    }
    return digests;
  }

  /** Binary search over the bytes of the file: about 40 small reads, none of them on the event loop. */
  async #search(digest: string): Promise<boolean> {
    const file = await open(this.#path);
    try {
      let [from, to] = [0, (await file.stat()).size];
      while (to - from > WINDOW_BYTES) {
        const middle = Math.floor((from + to) / 2);
        const line = await lineAfter(file, middle);
        if (line !== undefined && line <= digest) from = middle;
        else to = middle;
      }
      return (await textFrom(file, from, 3 * WINDOW_BYTES)).toUpperCase().includes(digest);
    } finally {
      await file.close();
    }
  }
}

/** The digest of the first line that begins after this place. */
async function lineAfter(file: FileHandle, place: number): Promise<string | undefined> {
  const [, line] = (await textFrom(file, place, WINDOW_BYTES)).split('\n');
  return line === undefined || line === '' ? undefined : line.slice(0, 40).toUpperCase();
}

async function textFrom(file: FileHandle, place: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, place);
  return buffer.toString('latin1', 0, bytesRead);
}

/** What a line says is breached: a digest is also a password that somebody might use, so a password in plain is listed twice. */
function digestsOf(line: string): string[] {
  const [first = ''] = line.trim().split(':');
  if (DIGEST.test(first)) return [first.toUpperCase()];
  const password = line.replace(/\r$/, '');
  return password === '' ? [] : [password, fold(password)].map(sha1);
}

function sha1(text: string): string {
  return createHash('sha1').update(text, 'utf8').digest('hex').toUpperCase();
}
