import type { Secret } from '@careward/kernel';
import { concern } from './concern.ts';
import { secretUrl, wholeNumber } from './fields.ts';

/** Where sessions and limits are kept. Without a URL they live in this process and end with it. */
export interface StoreConfiguration {
  readonly redisUrl: Secret<string> | undefined;
  /** How long one command may take before the store counts as down, in milliseconds. */
  readonly commandTimeoutMs: number;
}

/** Reads {@link StoreConfiguration}. */
export const storeConcern = concern(
  {
    CAREWARD_REDIS_URL: secretUrl(['redis:', 'rediss:']).optional(),
    CAREWARD_REDIS_TIMEOUT_MS: wholeNumber(10, 5_000).default(250),
  },
  (values): StoreConfiguration => ({
    redisUrl: values.CAREWARD_REDIS_URL,
    commandTimeoutMs: values.CAREWARD_REDIS_TIMEOUT_MS,
  }),
);
