import { createReadStream } from 'node:fs';

const PATIENT = /"resourceType"\s*:\s*"Patient"/g;
/** Longer than the pattern with any reasonable white space in it. */
const OVERLAP = 64;

/** Roughly how many patients the files hold, for a progress bar: the text is searched, not parsed. */
export async function countPatients(files: readonly string[]): Promise<number> {
  let count = 0;
  for (const file of files) count += await countIn(file);
  return count;
}

async function countIn(file: string): Promise<number> {
  let count = 0;
  let rest = '';
  for await (const chunk of createReadStream(file, { encoding: 'latin1', highWaterMark: 1_048_576 })) {
    const text = rest + String(chunk);
    let end = 0;
    for (const match of text.matchAll(PATIENT)) {
      count += 1;
      end = match.index + match[0].length;
    }
    rest = text.slice(Math.max(end, text.length - OVERLAP));
  }
  return count;
}
