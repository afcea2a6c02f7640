import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { setImmediate as yieldToOthers } from 'node:timers/promises';

/** Bytes that can be read at any place. `name` is shown in reports: a file name, never content. */
export interface RandomAccessSource {
  readonly name: string;
  /** Length in bytes. */
  readonly size: number;
  /** The bytes from `offset` on, at most `length`, fewer only where the source ends. */
  read(offset: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

/** How many reads of memory follow each other before other work of this process gets its turn. */
const READS_AT_ONCE = 64;

/** A source over bytes in memory, such as an upload. However large it is, other requests are answered while it is read. */
export function bufferSource(name: string, bytes: Buffer): RandomAccessSource {
  let reads = 0;
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => {
      reads += 1;
      if (reads % READS_AT_ONCE === 0) await yieldToOthers();
      return bytes.subarray(offset, offset + length);
    },
    close: async () => {},
  };
}

/** A source over a file, read as needed and never loaded whole. The caller closes it. */
export async function fileSource(path: string, name: string = basename(path)): Promise<RandomAccessSource> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    return {
      name,
      size,
      read: (offset, length) => readFully(file, offset, length),
      close: () => file.close(),
    };
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

async function readFully(file: FileHandle, offset: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
