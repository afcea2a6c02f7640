/**
 * Random 96-bit nonces for AES-GCM (NIST SP 800-38D section 8.2.2) from the system's CSPRNG, fetched 340 at a time.
 * No nonce is handed out twice by one process. Worker threads have pools of their own; a process image that is cloned
 * after its first nonce (a VM snapshot, a startup snapshot) would repeat them and must not be used.
 */
import { randomFillSync } from 'node:crypto';
import { nonceBytes } from './envelope.ts';

const pool = Buffer.alloc(nonceBytes * 340);
let used = pool.length;

/** Writes a fresh nonce to the twelve bytes at `offset`. */
export function writeNonce(target: Buffer, offset: number): void {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  pool.copy(target, offset, used, used + nonceBytes);
  used += nonceBytes;
}
