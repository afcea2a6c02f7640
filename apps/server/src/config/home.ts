import { resolve } from 'node:path';
import { concern } from './concern.ts';
import { oneOf, path, text } from './fields.ts';

/** What the deployment is for. `production` refuses every convenience of `development`. */
export type Profile = 'development' | 'production';

/** Where the server keeps its files, and which region it serves. */
export interface HomeConfiguration {
  readonly profile: Profile;
  /** Absolute path of the folder that holds keys, certificates and the embedded database. */
  readonly path: string;
  /** The region whose key wraps every other key; part of what each encrypted cell is bound to. */
  readonly region: string;
}

/** Reads {@link HomeConfiguration}. */
export const homeConcern = concern(
  {
    CAREWARD_PROFILE: oneOf(['development', 'production']).default('development'),
    CAREWARD_HOME: path().default(() => resolve('.careward')),
    CAREWARD_REGION: text()
      .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, {
        error: 'must be 1 to 63 lower-case letters, digits and inner hyphens; for example eu-central-1',
      })
      .default('local'),
  },
  (values): HomeConfiguration => ({
    profile: values.CAREWARD_PROFILE,
    path: values.CAREWARD_HOME,
    region: values.CAREWARD_REGION,
  }),
);
