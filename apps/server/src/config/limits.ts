import { concern } from './concern.ts';
import { wholeNumber } from './fields.ts';

/** How much one client, and all of them together, may ask of this process. */
export interface LimitsConfiguration {
  /** Sustained requests a minute from one address (IPv6: from one /64). */
  readonly addressPerMinute: number;
  /** Requests an address may send at once before the sustained rate holds. */
  readonly addressBurst: number;
  /** Requests in work at once; more are answered 503. Health checks are not counted. */
  readonly maxConcurrentRequests: number;
  /** Largest request body outside imports, in bytes. */
  readonly bodyBytes: number;
  /** Longest request target (path and query), in characters. */
  readonly urlCharacters: number;
}

/** Reads {@link LimitsConfiguration}. */
export const limitsConcern = concern(
  {
    CAREWARD_ADDRESS_REQUESTS_PER_MINUTE: wholeNumber(1, 1_000_000).default(600),
    CAREWARD_ADDRESS_BURST: wholeNumber(1, 1_000_000).default(200),
    CAREWARD_MAX_CONCURRENT_REQUESTS: wholeNumber(1, 100_000).default(512),
    CAREWARD_BODY_BYTES: wholeNumber(1_024, 16_777_216).default(262_144),
    CAREWARD_URL_CHARACTERS: wholeNumber(256, 16_384).default(4_096),
  },
  (values): LimitsConfiguration => ({
    addressPerMinute: values.CAREWARD_ADDRESS_REQUESTS_PER_MINUTE,
    addressBurst: values.CAREWARD_ADDRESS_BURST,
    maxConcurrentRequests: values.CAREWARD_MAX_CONCURRENT_REQUESTS,
    bodyBytes: values.CAREWARD_BODY_BYTES,
    urlCharacters: values.CAREWARD_URL_CHARACTERS,
  }),
);
