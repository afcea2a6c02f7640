import { concern } from './concern.ts';
import { path } from './fields.ts';

/** Key files of the operator. Without one, development generates a key in the home folder. */
export interface KeysConfiguration {
  /** Wraps the keys of clinics and of the platform, which seal everything else. */
  readonly regionKeyFile: string | undefined;
  /** Signs ledger checkpoints (Ed25519). */
  readonly ledgerKeyFile: string | undefined;
}

/** Reads {@link KeysConfiguration}. */
export const keysConcern = concern(
  {
    CAREWARD_REGION_KEY_FILE: path().optional(),
    CAREWARD_LEDGER_KEY_FILE: path().optional(),
  },
  (values): KeysConfiguration => ({
    regionKeyFile: values.CAREWARD_REGION_KEY_FILE,
    ledgerKeyFile: values.CAREWARD_LEDGER_KEY_FILE,
  }),
);
