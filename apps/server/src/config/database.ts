import type { Secret } from '@careward/kernel';
import { concern } from './concern.ts';
import { secretUrl } from './fields.ts';

/** Which Postgres to use. Without a URL the embedded database in the home folder is used. */
export interface DatabaseConfiguration {
  /** Login of the application: may become the application's roles, owns nothing. */
  readonly url: Secret<string> | undefined;
  /** Login that owns the schema; used by migrations only, never while serving. */
  readonly ownerUrl: Secret<string> | undefined;
}

const SCHEMES = ['postgres:', 'postgresql:'];

/** Reads {@link DatabaseConfiguration}. */
export const databaseConcern = concern(
  {
    CAREWARD_DATABASE_URL: secretUrl(SCHEMES).optional(),
    CAREWARD_DATABASE_OWNER_URL: secretUrl(SCHEMES).optional(),
  },
  (values): DatabaseConfiguration => ({
    url: values.CAREWARD_DATABASE_URL,
    ownerUrl: values.CAREWARD_DATABASE_OWNER_URL,
  }),
);
