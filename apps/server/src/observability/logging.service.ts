// The one way to write a log line.
//
// Defends against PHI and credentials in logs: the message has to be a literal (the compiler refuses text that was put together),
// fields pass the allow-list, errors are reduced to their kind. Does not store lines nor keep them from being deleted; what has
// to be proved later goes to the audit trail.
import { type DestinationStream, type Logger, pino } from 'pino';
import type { LoggingConfiguration } from '../config/index.ts';
import { loggedErrors } from './log-error.ts';
import { allowedFields, type LogFields } from './log-fields.ts';
import { prettyDestination } from './pretty-destination.ts';

/** The part of the server that a line is about. */
export type LogContext = 'AUTH' | 'SECURITY' | 'SYSTEM' | 'ERROR' | 'DATABASE' | 'CACHE' | 'QUEUE' | 'AUDIT';

/**
 * A string literal. Text that was put together does not compile: its type, `string` or a template with a hole, names no single key
 * that an empty object would lack.
 */
export type LiteralMessage<M extends string> = Record<never, never> extends Record<M, unknown> ? never : M;

/** Where lines go: standard output unless a test says otherwise. */
export interface LoggingOptions extends LoggingConfiguration {
  readonly isDevelopment: boolean;
  readonly destination?: DestinationStream;
}

/** Writes one line per call: JSON with time, level, context and the allowed fields. */
export class LoggingService {
  readonly #pino: Logger;

  constructor(options: LoggingOptions) {
    this.#pino = pino(
      {
        level: options.level,
        base: null,
        timestamp: () => `,"time":"${new Date().toISOString()}"`,
        formatters: { level: (label) => ({ level: label }) },
      },
      options.destination ?? standardDestination(options),
    );
  }

  /** What helps to follow the server while working on it. */
  debug<const M extends string>(
    context: LogContext,
    message: LiteralMessage<M>,
    fields: LogFields = {},
  ): void {
    this.#pino.debug({ context, ...allowedFields(fields) }, message as string);
  }

  /** What happened as it should. */
  info<const M extends string>(
    context: LogContext,
    message: LiteralMessage<M>,
    fields: LogFields = {},
  ): void {
    this.#pino.info({ context, ...allowedFields(fields) }, message as string);
  }

  /** What somebody should look at soon. */
  warn<const M extends string>(
    context: LogContext,
    message: LiteralMessage<M>,
    fields: LogFields = {},
  ): void {
    this.#pino.warn({ context, ...allowedFields(fields) }, message as string);
  }

  /** A failure: its kind, its code and where it was thrown, and the same of its causes. */
  error<const M extends string>(
    context: LogContext,
    message: LiteralMessage<M>,
    error: unknown,
    fields: LogFields = {},
  ): void {
    this.#pino.error({ context, ...allowedFields(fields), errors: loggedErrors(error) }, message as string);
  }
}

function standardDestination({ format, isDevelopment }: LoggingOptions): DestinationStream {
  const isPretty =
    format === 'pretty' || (format === 'auto' && isDevelopment && process.stdout.isTTY === true);
  return isPretty ? prettyDestination(process.stdout) : pino.destination({ dest: 1, sync: true });
}
