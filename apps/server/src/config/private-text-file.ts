// Small files of the operator that hold credentials.
//
// Defends against a credential that other accounts of the machine can read or put in place: links, foreign owners and any right of
// others are refused, on the open handle, so that the file cannot be exchanged in between. Does not defend against root.
import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

const OTHERS = 0o077;
const LARGEST_BYTES = 262_144;

/** The text of a file, or what is wrong with it and what to do. */
export type PrivateText = { readonly text: string } | { readonly fault: string };

/** Reads a file that nobody but the server's own account (or root) may own, and nobody else may reach. Never repeats its path or content. */
export function readPrivateText(path: string): PrivateText {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return { fault: 'cannot be read, or is a link; correct the path or its permissions' };
  }
  try {
    const fault = faultOf(file);
    return fault === undefined ? { text: readFileSync(file, 'utf8') } : { fault };
  } finally {
    closeSync(file);
  }
}

function faultOf(file: number): string | undefined {
  const { mode, uid, size } = fstatSync(file);
  const own = process.geteuid?.();
  if ((mode & constants.S_IFMT) !== constants.S_IFREG) return 'is no regular file; name one';
  if ((mode & OTHERS) !== 0) return 'may be read or written by others; run chmod 600 on it';
  if (own !== undefined && uid !== own && uid !== 0) return 'belongs to another account; run chown on it';
  if (size > LARGEST_BYTES) return 'is too large; name the right file';
  return undefined;
}
