import type { LoggerService } from '@nestjs/common';
import type { LoggingService } from './logging.service.ts';

/**
 * What Nest writes goes to the log as "framework message" with the name of the component. Its texts are left out: they are put
 * together from routes, providers and errors, and nothing vouches for what is in them.
 */
export class NestLogger implements LoggerService {
  readonly #logging: LoggingService;

  constructor(logging: LoggingService) {
    this.#logging = logging;
  }

  log(_message: unknown, ...rest: unknown[]): void {
    this.#logging.debug('SYSTEM', 'framework message', { component: componentOf(rest) });
  }

  debug(_message: unknown, ...rest: unknown[]): void {
    this.#logging.debug('SYSTEM', 'framework message', { component: componentOf(rest) });
  }

  verbose(_message: unknown, ...rest: unknown[]): void {
    this.#logging.debug('SYSTEM', 'framework message', { component: componentOf(rest) });
  }

  warn(_message: unknown, ...rest: unknown[]): void {
    this.#logging.warn('SYSTEM', 'framework warning', { component: componentOf(rest) });
  }

  error(message: unknown, ...rest: unknown[]): void {
    const error = [message, ...rest].find((part) => part instanceof Error) ?? new FrameworkError();
    this.#logging.error('SYSTEM', 'framework error', error, { component: componentOf(rest) });
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.error(message, ...rest);
  }
}

/** Stands for an error that Nest reports as text. */
class FrameworkError extends Error {}

/** Nest hands the component's name as the last argument. */
function componentOf(rest: readonly unknown[]): string {
  const last = rest.at(-1);
  return typeof last === 'string' && /^[A-Za-z]{1,40}$/.test(last) ? last : 'Nest';
}
