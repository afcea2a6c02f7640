import { type AddressWords, addressWords, IPV4_WORDS, IPV6_WORDS } from './network-address.ts';
import type { Place, PlaceLookup } from './place.ts';
import { type PlacedRange, RangeColumns, RangeTable } from './range-table.ts';

/** Collects ranges, then makes {@link Places} of them. */
export class PlacesBuilder {
  readonly #ranges = [new RangeColumns(IPV4_WORDS), new RangeColumns(IPV6_WORDS)] as const;
  readonly #numbers = new Map<string, number>();

  /** Takes a range whose ends are of one kind. */
  add(range: PlacedRange): void {
    const { country, label } = range.place;
    const name = country + label;
    const number = this.#numbers.get(name) ?? this.#numbers.size;
    this.#numbers.set(name, number);
    this.#ranges[range.first.length === IPV4_WORDS ? 0 : 1].add(range, number);
  }

  /** The finished table, or the lines of ranges that overlap others. */
  build(): { readonly places: Places } | { readonly overlapping: readonly number[] } {
    const [ipv4, ipv6] = this.#ranges.map((columns) => new RangeTable(columns)) as [RangeTable, RangeTable];
    const overlapping = [...ipv4.overlapping, ...ipv6.overlapping];
    return overlapping.length > 0
      ? { overlapping }
      : { places: new Places(ipv4, ipv6, [...this.#numbers.keys()]) };
  }
}

/** The operator's table of ranges and their places. */
export class Places implements PlaceLookup {
  readonly #ipv4: RangeTable;
  readonly #ipv6: RangeTable;
  /** Two letters of the country, then the label. */
  readonly #names: readonly string[];

  constructor(ipv4: RangeTable, ipv6: RangeTable, names: readonly string[]) {
    this.#ipv4 = ipv4;
    this.#ipv6 = ipv6;
    this.#names = names;
  }

  /** How many ranges are known. */
  get size(): number {
    return this.#ipv4.size + this.#ipv6.size;
  }

  find(address: string): Place | undefined {
    const words = addressWords(address);
    return words && this.#findWords(words);
  }

  #findWords(words: AddressWords): Place | undefined {
    const found = (words.length === IPV4_WORDS ? this.#ipv4 : this.#ipv6).find(words);
    if (found === undefined) return undefined;
    const name = this.#names[found.name] ?? '';
    const { latitude, longitude } = found;
    return { country: name.slice(0, 2), label: name.slice(2), latitude, longitude };
  }
}
