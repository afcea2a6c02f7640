import { concern } from './concern.ts';
import { wholeNumber } from './fields.ts';

/** How much one client, and all of them together, may ask of this process. */
export interface LimitsConfiguration {
  /** Sustained requests a minute from one address (IPv6: from one /64). */
  readonly addressPerMinute: number;
  /** Requests an address may send at once before the sustained rate holds. */
  readonly addressBurst: number;
  /** Sustained requests a minute of one signed-in account, and how many at once. */
  readonly accountPerMinute: number;
  readonly accountBurst: number;
  /** Sustained requests a minute of everybody who works in one clinic, and how many at once. */
  readonly clinicPerMinute: number;
  readonly clinicBurst: number;
  /** Failed sign-ins from one address (IPv6: from one /64) in a quarter of an hour, on devices that are not known. */
  readonly addressFailures: number;
  /** Failed sign-ins, or wrong codes, of one account before it is locked for a while: of unknown devices together, of each known one alone. */
  readonly accountFailures: number;
  /** Mails an hour that one address may cause without being signed in; a quarter of them to one recipient. */
  readonly mailPerHour: number;
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
    CAREWARD_ACCOUNT_REQUESTS_PER_MINUTE: wholeNumber(1, 1_000_000).default(600),
    CAREWARD_ACCOUNT_BURST: wholeNumber(1, 1_000_000).default(200),
    CAREWARD_CLINIC_REQUESTS_PER_MINUTE: wholeNumber(1, 10_000_000).default(12_000),
    CAREWARD_CLINIC_BURST: wholeNumber(1, 10_000_000).default(2_000),
    CAREWARD_SIGN_IN_FAILURES_PER_ADDRESS: wholeNumber(1, 1_000_000).default(5),
    CAREWARD_MAIL_REQUESTS_PER_HOUR: wholeNumber(4, 1_000_000).default(20),
    CAREWARD_SIGN_IN_FAILURES_PER_ACCOUNT: wholeNumber(1, 1_000_000).default(10),
    CAREWARD_MAX_CONCURRENT_REQUESTS: wholeNumber(1, 100_000).default(512),
    CAREWARD_BODY_BYTES: wholeNumber(1_024, 16_777_216).default(262_144),
    CAREWARD_URL_CHARACTERS: wholeNumber(256, 16_384).default(4_096),
  },
  (values): LimitsConfiguration => ({
    addressPerMinute: values.CAREWARD_ADDRESS_REQUESTS_PER_MINUTE,
    addressBurst: values.CAREWARD_ADDRESS_BURST,
    accountPerMinute: values.CAREWARD_ACCOUNT_REQUESTS_PER_MINUTE,
    accountBurst: values.CAREWARD_ACCOUNT_BURST,
    clinicPerMinute: values.CAREWARD_CLINIC_REQUESTS_PER_MINUTE,
    clinicBurst: values.CAREWARD_CLINIC_BURST,
    addressFailures: values.CAREWARD_SIGN_IN_FAILURES_PER_ADDRESS,
    accountFailures: values.CAREWARD_SIGN_IN_FAILURES_PER_ACCOUNT,
    mailPerHour: values.CAREWARD_MAIL_REQUESTS_PER_HOUR,
    maxConcurrentRequests: values.CAREWARD_MAX_CONCURRENT_REQUESTS,
    bodyBytes: values.CAREWARD_BODY_BYTES,
    urlCharacters: values.CAREWARD_URL_CHARACTERS,
  }),
);
