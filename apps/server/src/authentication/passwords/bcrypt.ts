// Password hashes of older systems: bcrypt in the forms $2a$, $2b$ and $2y$.
//
// Defends: people whose account came from an older system from having to choose a new password on the first day, without taking over
// the weaknesses of bcrypt. It reads 72 bytes and stops at a NUL, so a hash says nothing of what follows: a longer password never fits,
// or any ending would, and be taken into the new hash. Hashes that would keep a core busy for seconds are not tried.
import { Buffer } from 'node:buffer';
import { verify } from '@node-rs/bcrypt';

const FORM = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;
const MOST_BYTES = 72;
/** 2^14 rounds take about a second; hashes that cost more are not tried. */
export const HIGHEST_BCRYPT_COST = 14;

/** Whether a stored hash is of this kind. */
export function isBcrypt(encoded: string): boolean {
  return encoded.startsWith('$2');
}

/** Whether the password fits. Older systems hashed what was typed, so that form is tried before NFKC. */
export async function fitsBcrypt(password: string, encoded: string): Promise<boolean> {
  const cost = Number(FORM.exec(encoded)?.[1] ?? Number.NaN);
  if (!(cost <= HIGHEST_BCRYPT_COST)) return false;
  if (await fitsWhole(password, encoded)) return true;
  const normalised = password.normalize('NFKC');
  return normalised !== password && (await fitsWhole(normalised, encoded));
}

/** The work is done even where the answer is known, so that the time does not tell how long the password was. */
async function fitsWhole(password: string, encoded: string): Promise<boolean> {
  const fits = await verify(password, encoded);
  return fits && Buffer.byteLength(password) <= MOST_BYTES && !password.includes('\0');
}
