/** No key, no row: a reference that was not given. */
export const NONE = -1;

/** Rows of numbers, kept by column: an import remembers many resources, and objects would cost several times as much. */
export class Columns<const Name extends string> {
  readonly #names: readonly Name[];
  readonly #values: Map<Name, number[]>;
  #length = 0;

  constructor(names: readonly Name[]) {
    this.#names = names;
    this.#values = new Map(names.map((name) => [name, []]));
  }

  get length(): number {
    return this.#length;
  }

  /** Appends a row; answers its index. */
  add(row: Readonly<Record<Name, number>>): number {
    for (const name of this.#names) this.#column(name).push(row[name]);
    return this.#length++;
  }

  /** A number of a row. Refuses rows that do not exist. */
  at(row: number, name: Name): number {
    const value = this.#column(name)[row];
    if (value === undefined) throw new RangeError(`no row ${row}`);
    return value;
  }

  /** Forgets all rows from this length on. */
  truncate(length: number): void {
    for (const name of this.#names) this.#column(name).length = length;
    this.#length = length;
  }

  #column(name: Name): number[] {
    const column = this.#values.get(name);
    if (column === undefined) throw new RangeError(`no column ${name}`);
    return column;
  }
}
