import { concern } from './concern.ts';
import { wholeNumber } from './fields.ts';

/** How large one import may be. */
export interface ImportConfiguration {
  readonly bodyBytes: number;
  /** Most resources in one bundle. */
  readonly maxResources: number;
}

/** Reads {@link ImportConfiguration}. */
export const importConcern = concern(
  {
    CAREWARD_IMPORT_BODY_BYTES: wholeNumber(1_024, 536_870_912).default(67_108_864),
    CAREWARD_IMPORT_MAX_RESOURCES: wholeNumber(1, 1_000_000).default(100_000),
  },
  (values): ImportConfiguration => ({
    bodyBytes: values.CAREWARD_IMPORT_BODY_BYTES,
    maxResources: values.CAREWARD_IMPORT_MAX_RESOURCES,
  }),
);
