import type { Secret } from '@careward/kernel';
import { concern } from './concern.ts';
import { flag, secretUrl, wholeNumber } from './fields.ts';

/** Where sessions and limits are kept. Without a URL they live in this process, and sessions in its home folder. */
export interface StoreConfiguration {
  readonly redisUrl: Secret<string> | undefined;
  /** The URL names one node of a Redis Cluster; the others are found through it. */
  readonly isCluster?: boolean;
  /** How long one command may take before the store counts as down, in milliseconds. */
  readonly commandTimeoutMs: number;
}

/** Reads {@link StoreConfiguration}. */
export const storeConcern = concern(
  {
    CAREWARD_REDIS_URL: secretUrl(['redis:', 'rediss:']).optional(),
    CAREWARD_REDIS_CLUSTER: flag().default(false),
    CAREWARD_REDIS_TIMEOUT_MS: wholeNumber(10, 5_000).default(250),
  },
  (values): StoreConfiguration => ({
    redisUrl: values.CAREWARD_REDIS_URL,
    isCluster: values.CAREWARD_REDIS_CLUSTER,
    commandTimeoutMs: values.CAREWARD_REDIS_TIMEOUT_MS,
  }),
);
