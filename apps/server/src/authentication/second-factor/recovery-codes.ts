// Recovery codes: what is left when the authenticator app is lost.
//
// Each is 128 random bits, so that a plain SHA-256 keeps it (nobody tries that many), is shown once and works once.
import { createHash, randomBytes } from 'node:crypto';

const HOW_MANY = 10;
const CODE_BYTES = 16;

/** A recovery code as its person reads it, and as it is kept. */
export interface RecoveryCode {
  readonly text: string;
  readonly hash: Buffer;
}

/** Ten new codes. */
export function newRecoveryCodes(): RecoveryCode[] {
  return Array.from({ length: HOW_MANY }, () => {
    const bytes = randomBytes(CODE_BYTES);
    return { text: bytes.toString('hex').match(/.{4}/g)?.join('-') ?? '', hash: hashOf(bytes) };
  });
}

/** The hash of a code as somebody typed it, with or without hyphens and spaces, in either case; undefined for anything else. */
export function recoveryCodeHash(typed: string): Buffer | undefined {
  const digits = typed.replaceAll(/[\s-]/g, '').toLowerCase();
  return /^[0-9a-f]{32}$/.test(digits) ? hashOf(Buffer.from(digits, 'hex')) : undefined;
}

function hashOf(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
