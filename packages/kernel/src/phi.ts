/** Protected health information in memory: see concealed.ts for what it defends against, and what it does not. */
import { Concealed } from './concealed.ts';
import type { CarewardError } from './errors.ts';
import { kernelErrors } from './kernel.errors.ts';

/** A value that identifies or describes a patient. Implicit conversion throws `phi-exposed`; inspection shows `[Phi]`. */
export class Phi<T> extends Concealed<T> {
  /** Keeps `Phi` and `Secret` from being assignable to each other. */
  declare protected readonly kind: 'phi';

  /** Boxes a value. */
  static of<T>(value: T): Phi<T> {
    return new Phi(value);
  }

  /** Works on the value without letting it out of the box. */
  map<U>(change: (value: T) => U): Phi<U> {
    return new Phi(change(this.reveal()));
  }

  protected override label(): string {
    return '[Phi]';
  }

  protected override exposure(): CarewardError {
    return kernelErrors.error('phi-exposed', { detail: 'A Phi value was about to be turned into text' });
  }
}
