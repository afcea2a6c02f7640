/** Keys, passwords and tokens in memory: see concealed.ts for what it defends against, and what it does not. */
import { Concealed } from './concealed.ts';
import type { CarewardError } from './errors.ts';
import { kernelErrors } from './kernel.errors.ts';

/** A credential. Implicit conversion throws `secret-exposed`; inspection shows `[Secret]`. */
export class Secret<T> extends Concealed<T> {
  /** Keeps `Secret` and `Phi` from being assignable to each other. */
  declare protected readonly kind: 'secret';

  /** Boxes a value. */
  static of<T>(value: T): Secret<T> {
    return new Secret(value);
  }

  /** Works on the value without letting it out of the box. */
  map<U>(change: (value: T) => U): Secret<U> {
    return new Secret(change(this.reveal()));
  }

  protected override label(): string {
    return '[Secret]';
  }

  protected override exposure(): CarewardError {
    return kernelErrors.error('secret-exposed', {
      detail: 'A Secret value was about to be turned into text',
    });
  }
}
