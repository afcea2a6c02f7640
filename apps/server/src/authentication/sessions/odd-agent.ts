import crawlers from 'crawler-user-agents';
import { LRUCache } from 'lru-cache';

const PROGRAM = new RegExp(crawlers.map(({ pattern }) => `(?:${pattern})`).join('|'));
const known = new LRUCache<string, boolean>({ max: 1_000 });

/** Whether a User-Agent is empty or that of a known crawler, scanner, library or steered browser. Programs that lie are not noticed. */
export function isOddAgent(agent: string): boolean {
  if (agent.trim() === '') return true;
  const before = known.get(agent);
  if (before !== undefined) return before;
  const isOdd = PROGRAM.test(agent);
  known.set(agent, isOdd);
  return isOdd;
}
