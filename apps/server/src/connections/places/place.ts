/** Where an address is said to be. Degrees north and east. */
export interface Place {
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly latitude: number;
  readonly longitude: number;
  /** Usually the town; may be ''. */
  readonly label: string;
}

/** Tells where addresses are. */
export interface PlaceLookup {
  /** Undefined: not known, or no address. */
  find(address: string): Place | undefined;
}

/** An installation without a table: no place is known. */
export const NO_PLACES: PlaceLookup = Object.freeze({ find: () => undefined });

/** A place as people read it. */
export function placeText({ country, label }: Place): string {
  return label === '' ? country : `${label}, ${country}`;
}
