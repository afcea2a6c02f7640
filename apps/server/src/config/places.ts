import { concern } from './concern.ts';
import { path } from './fields.ts';

/** Where on earth addresses are. */
export interface PlacesConfiguration {
  /** A table of ranges and their places; undefined: no place is known. */
  readonly file: string | undefined;
}

/** Reads {@link PlacesConfiguration}. What is in the file is looked at when it is opened: it may be large. */
export const placesConcern = concern(
  { CAREWARD_PLACES_FILE: path().optional() },
  (values): PlacesConfiguration => ({ file: values.CAREWARD_PLACES_FILE }),
);
