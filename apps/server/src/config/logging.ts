import { concern } from './concern.ts';
import { oneOf } from './fields.ts';

/** What is logged, and how it looks. */
export interface LoggingConfiguration {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** `auto`: one readable line in a development terminal, JSON everywhere else. */
  readonly format: 'auto' | 'json' | 'pretty';
}

/** Reads {@link LoggingConfiguration}. */
export const loggingConcern = concern(
  {
    CAREWARD_LOG_LEVEL: oneOf(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
    CAREWARD_LOG_FORMAT: oneOf(['auto', 'json', 'pretty']).default('auto'),
  },
  (values): LoggingConfiguration => ({
    level: values.CAREWARD_LOG_LEVEL,
    format: values.CAREWARD_LOG_FORMAT,
  }),
);
