import { concern } from './concern.ts';
import { oneOf, path } from './fields.ts';

/** Which passwords may be set. */
export interface PasswordsConfiguration {
  /** `length`: long and unknown, of any characters. `seed`: 8 to 100 with four kinds of characters, besides being unknown. */
  readonly rule: 'length' | 'seed';
  /** A list of breached passwords, searched besides the one that comes along. */
  readonly breachedFile: string | undefined;
}

/** Reads {@link PasswordsConfiguration}. */
export const passwordsConcern = concern(
  {
    CAREWARD_PASSWORD_POLICY: oneOf(['length', 'seed']).default('length'),
    CAREWARD_BREACHED_PASSWORDS_FILE: path().optional(),
  },
  (values): PasswordsConfiguration => ({
    rule: values.CAREWARD_PASSWORD_POLICY,
    breachedFile: values.CAREWARD_BREACHED_PASSWORDS_FILE,
  }),
);
