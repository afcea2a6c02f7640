/**
 * The box around a value that must never be printed, logged or serialised by accident.
 *
 * Defends against our own mistakes: a template string, a logger, an error message, a JSON answer, a clone sent to a
 * worker. Every implicit conversion throws; every way to list or copy properties finds none, since the value is in an
 * ECMAScript private field. It does not defend against code that calls `reveal()` and prints the result, nor against a
 * debugger, a heap snapshot or a core dump.
 */
import type { CarewardError } from './errors.ts';

const inspectHook = Symbol.for('nodejs.util.inspect.custom');

/** Base of `Phi` and `Secret`; not exported from the package. */
export abstract class Concealed<T> {
  readonly #value: T;

  protected constructor(value: T) {
    this.#value = value;
  }

  /** Hands out the value. Each call is a place a reviewer looks at. */
  reveal(): T {
    return this.#value;
  }

  /** @throws CarewardError always */
  toString(): never {
    throw this.exposure();
  }

  /** @throws CarewardError always */
  toLocaleString(): never {
    throw this.exposure();
  }

  /** @throws CarewardError always */
  toJSON(): never {
    throw this.exposure();
  }

  /** @throws CarewardError always */
  valueOf(): never {
    throw this.exposure();
  }

  /** @throws CarewardError always */
  [Symbol.toPrimitive](): never {
    throw this.exposure();
  }

  /** The label only, at every depth and with every option of `util.inspect` and `console`. */
  [inspectHook](): string {
    return this.label();
  }

  protected abstract label(): string;
  protected abstract exposure(): CarewardError;
}
