import { concern } from './concern.ts';
import { oneOf, wholeNumber } from './fields.ts';

/** How long sign-ins last. All durations in milliseconds. */
export interface SessionsConfiguration {
  readonly accessTokenMs: number;
  /** A session that is not used for this long ends (HIPAA 164.312(a)(2)(iii), automatic logoff). */
  readonly idleMs: number;
  /** A session ends at this age however much it is used; also the life of a chain of refresh tokens. */
  readonly absoluteMs: number;
  /** The most living sessions of one account. */
  readonly maximum: number;
  /** What happens at one more: the oldest ends and its person is told, or the new one is refused. */
  readonly atMaximum: 'end-oldest' | 'refuse';
}

/** Reads {@link SessionsConfiguration}. */
export const sessionsConcern = concern(
  {
    CAREWARD_ACCESS_TOKEN_SECONDS: wholeNumber(30, 900).default(600),
    CAREWARD_SESSION_IDLE_SECONDS: wholeNumber(60, 86_400).default(1_800),
    CAREWARD_SESSION_ABSOLUTE_SECONDS: wholeNumber(300, 2_592_000).default(604_800),
    CAREWARD_SESSIONS_PER_ACCOUNT: wholeNumber(1, 100).default(5),
    CAREWARD_SESSIONS_AT_MAXIMUM: oneOf(['end-oldest', 'refuse']).default('end-oldest'),
  },
  (values): SessionsConfiguration => ({
    accessTokenMs: values.CAREWARD_ACCESS_TOKEN_SECONDS * 1_000,
    idleMs: values.CAREWARD_SESSION_IDLE_SECONDS * 1_000,
    absoluteMs: values.CAREWARD_SESSION_ABSOLUTE_SECONDS * 1_000,
    maximum: values.CAREWARD_SESSIONS_PER_ACCOUNT,
    atMaximum: values.CAREWARD_SESSIONS_AT_MAXIMUM,
  }),
);
