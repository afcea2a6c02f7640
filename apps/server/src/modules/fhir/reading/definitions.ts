import { NONE } from './columns.ts';
import { KIND_NUMBERS } from './index-resource.ts';
import type { Lookup } from './named-entities.ts';
import { referenceKeys } from './reference-keys.ts';
import { type ResourceTable, type RowKind } from './resource-table.ts';

/** From how many resources of one key on an answer is kept: a file that repeats a key must not make every look-up slow. */
const MANY = 16;

/** Finds the rows that a key stands for, over all files. Built once all files are indexed. */
export class Definitions {
  readonly #table: ResourceTable;
  readonly #last = new Map<number, number>();
  readonly #previous: number[] = [];
  readonly #answers = new Map<string, Lookup<number>>();

  constructor(table: ResourceTable) {
    this.#table = table;
    for (let at = 0; at < table.definitions.length; at++) {
      const key = table.definitions.at(at, 'key');
      this.#previous.push(this.#last.get(key) ?? NONE);
      this.#last.set(key, at);
    }
  }

  /**
   * What a reference in this file means: `identify` brings rows of the same thing to one number. The file's own resources come
   * before those of others, a whole URL before its ending. Two meanings are none. All rows have to be identified before the first
   * question, because answers may be kept.
   */
  lookUp(key: number, source: number, kind: RowKind, identify: (row: number) => number): Lookup<number> {
    const question = `${kind} ${key} ${source}`;
    const known = this.#answers.get(question);
    if (known !== undefined) return known;
    const rows = this.#rows(key, kind);
    const answer = this.#meaning(rows, source, kind, identify);
    if (rows.length > MANY) this.#answers.set(question, answer);
    return answer;
  }

  #meaning(
    rows: readonly number[],
    source: number,
    kind: RowKind,
    identify: (row: number) => number,
  ): Lookup<number> {
    const own = rows.filter((row) => this.#table[kind].at(row, 'source') === source);
    const meanings = new Set((own.length > 0 ? own : rows).map(identify));
    const [found] = meanings;
    if (found === undefined) return { missing: 'unresolved' };
    return meanings.size > 1 ? { missing: 'ambiguous' } : { found };
  }

  #rows(key: number, kind: RowKind): number[] {
    const exact = this.#rowsOf(key, kind);
    if (exact.length > 0 || key === NONE) return exact;
    const ending = referenceKeys(this.#table.text(key))[1];
    return ending === undefined ? [] : this.#rowsOf(this.#table.find(ending), kind);
  }

  #rowsOf(key: number, kind: RowKind): number[] {
    const rows: number[] = [];
    const { definitions } = this.#table;
    for (let at = this.#last.get(key) ?? NONE; at !== NONE; at = this.#previous[at] ?? NONE) {
      if (definitions.at(at, 'kind') === KIND_NUMBERS[kind]) rows.push(definitions.at(at, 'row'));
    }
    return rows.reverse();
  }
}
