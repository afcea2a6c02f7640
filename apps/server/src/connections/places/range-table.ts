import type { AddressWords } from './network-address.ts';
import type { Place } from './place.ts';

/** What a line of the file says of a range. */
export interface PlacedRange {
  readonly first: AddressWords;
  readonly last: AddressWords;
  readonly place: Place;
  /** Line of the file, from 1. */
  readonly line: number;
}

/** Ranges of one kind of address on their way into a {@link RangeTable}, in any order. */
export class RangeColumns {
  readonly firsts: number[] = [];
  readonly lasts: number[] = [];
  readonly latitudes: number[] = [];
  readonly longitudes: number[] = [];
  readonly names: number[] = [];
  readonly lines: number[] = [];
  /** How many words of 32 bits an address has. */
  readonly words: number;

  constructor(words: number) {
    this.words = words;
  }

  /** @param name number of the place's name in the list of names */
  add({ first, last, place, line }: PlacedRange, name: number): void {
    this.firsts.push(...first);
    this.lasts.push(...last);
    this.latitudes.push(place.latitude);
    this.longitudes.push(place.longitude);
    this.names.push(name);
    this.lines.push(line);
  }

  /** Positions in the order of addresses. */
  order(): Uint32Array {
    const { firsts, words } = this;
    const order = Uint32Array.from(this.lines.keys());
    const isSorted = order.every((at) => at === 0 || compare(firsts, at - 1, firsts, at, words) <= 0);
    return isSorted ? order : order.sort((one, other) => compare(firsts, one, firsts, other, words));
  }
}

/** Where in a table an address was found. */
export interface FoundRange {
  readonly name: number;
  readonly latitude: number;
  readonly longitude: number;
}

/** Ranges of one kind of address in typed arrays, searched by halving: 20 bytes for a range of IPv4, 44 for one of IPv6. */
export class RangeTable {
  readonly #words: number;
  readonly #firsts: Uint32Array;
  readonly #lasts: Uint32Array;
  readonly #latitudes: Float32Array;
  readonly #longitudes: Float32Array;
  readonly #names: Uint32Array;
  /** Lines of the file whose range overlaps one that begins before it. */
  readonly overlapping: readonly number[];

  constructor(columns: RangeColumns) {
    const { words } = columns;
    const order = columns.order();
    const inOrder = (addresses: readonly number[]) =>
      new Uint32Array(order.length * words).map(
        (_, at) => addresses[(order[Math.floor(at / words)] ?? 0) * words + (at % words)] ?? 0,
      );
    this.#words = words;
    this.#firsts = inOrder(columns.firsts);
    this.#lasts = inOrder(columns.lasts);
    this.#latitudes = Float32Array.from(order, (at) => columns.latitudes[at] ?? 0);
    this.#longitudes = Float32Array.from(order, (at) => columns.longitudes[at] ?? 0);
    this.#names = order.map((at) => columns.names[at] ?? 0);
    this.overlapping = this.#overlaps().map((at) => columns.lines[order[at] ?? 0] ?? 0);
  }

  /** How many ranges are kept. */
  get size(): number {
    return this.#names.length;
  }

  /** The range that the address is in. */
  find(address: AddressWords): FoundRange | undefined {
    let [from, to] = [0, this.size];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (compare(this.#firsts, middle, address, 0, this.#words) <= 0) from = middle + 1;
      else to = middle;
    }
    const at = from - 1;
    if (at < 0 || compare(this.#lasts, at, address, 0, this.#words) < 0) return undefined;
    return {
      name: this.#names[at] ?? 0,
      latitude: this.#latitudes[at] ?? 0,
      longitude: this.#longitudes[at] ?? 0,
    };
  }

  #overlaps(): number[] {
    const found: number[] = [];
    for (let at = 1, farthest = 0; at < this.size; at += 1) {
      if (compare(this.#lasts, farthest, this.#firsts, at, this.#words) >= 0) found.push(at);
      if (compare(this.#lasts, farthest, this.#lasts, at, this.#words) < 0) farthest = at;
    }
    return found;
  }
}

/** Below 0, 0 or above 0 as the one address is lower than the other, the same or higher. */
function compare(
  ones: ArrayLike<number>,
  one: number,
  others: ArrayLike<number>,
  other: number,
  words: number,
): number {
  for (let word = 0; word < words; word += 1) {
    const difference = (ones[one * words + word] ?? 0) - (others[other * words + word] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
