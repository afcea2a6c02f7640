import { createHash } from 'node:crypto';

/**
 * Sixteen hexadecimal digits that stay the same while a client is updated: the User-Agent without its version numbers. A hint that
 * somebody else may be at the other end, never proof of it: anybody can send any User-Agent.
 */
export function fingerprintOf(agent: string): string {
  const kind = agent.replaceAll(/[\d._]+/g, '');
  return createHash('sha256').update(kind).digest('hex').slice(0, 16);
}
