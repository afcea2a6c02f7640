import { expect } from 'vitest';
import type { Answer } from '../../apps/server/test-harness/index.ts';
import type { ChaosServer, Entry } from './chaos-server.ts';

/** An answer that somebody got, and what the log has to say about it. */
export type Access = Pick<Entry, 'outcome'> & Partial<Entry> & { readonly requestId: string };

/** Everything that was answered and has not been looked up in the log yet. */
export class Journal {
  #accesses: Access[] = [];

  /** How many answers are waiting. */
  get length(): number {
    return this.#accesses.length;
  }

  /** Notes what an answer has to have left behind. */
  note(answer: Answer, ...entries: readonly Omit<Access, 'requestId'>[]): void {
    const requestId = String(answer.headers['x-request-id']);
    this.#accesses.push(...entries.map((entry) => ({ requestId, ...entry })));
  }

  /** Every access noted has its entry in the log of this server. Forgets them. */
  async check(server: ChaosServer): Promise<number> {
    const accesses = this.#accesses;
    this.#accesses = [];
    const entries = await server.ask('entries', [...new Set(accesses.map(({ requestId }) => requestId))]);
    const byRequest = Map.groupBy(entries, ({ requestId }) => requestId);
    const missing = accesses.filter(
      (access) => !byRequest.get(access.requestId)?.some((entry) => covers(entry, access)),
    );
    expect(missing, 'answers without their entry').toEqual([]);
    return accesses.length;
  }
}

function covers(entry: Entry, access: Access): boolean {
  return Object.entries(access).every(([name, value]) => entry[name as keyof Entry] === value);
}
