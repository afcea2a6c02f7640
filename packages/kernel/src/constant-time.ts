import { timingSafeEqual } from 'node:crypto';

/**
 * Compares two byte strings in a time that does not depend on where they differ. Unequal lengths answer false at once:
 * use it for values whose length is public (tags, digests, MACs).
 */
export function equalInConstantTime(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
