// Password hashing with Argon2id (RFC 9106; OWASP Password Storage: m = 19 MiB, t = 2, p = 1).
//
// Defends: a stolen account table against guessing, and the rest of the server against a flood of sign-ins: at most
// `concurrency` hashes run, at most `queue` wait, the next one is refused with a time to come back.
// Does not limit how often one account or address may try.
import { hash, verify } from '@node-rs/argon2';
import { authenticationErrors } from './authentication.errors.ts';

/** The library's number for Argon2id; its enum is ambient and cannot be imported under isolated modules. */
const ARGON2ID = 2;
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** How many hashes may run and wait at once. */
export interface HasherLimits {
  readonly concurrency: number;
  readonly queue: number;
}

/** Hashes and checks passwords, a bounded number at a time. Passwords are compared as NFKC (NIST SP 800-63B-4, 3.1.1.2). */
export class PasswordHasher {
  readonly #limits: HasherLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #decoy: Promise<string> | undefined;

  constructor(limits: HasherLimits) {
    this.#limits = limits;
  }

  /** The encoded hash of a password. Refuses with `authentication-busy` when the queue is full. */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(password.normalize('NFKC'), PARAMETERS));
  }

  /** Whether the password fits. Without a hash it does the same work against a decoy, so the time tells nothing. */
  async matches(password: string, encoded: string | undefined): Promise<boolean> {
    const against = encoded ?? (await this.#decoyHash());
    const fits = await this.#inTurn(() => verify(against, password.normalize('NFKC')));
    return fits && encoded !== undefined;
  }

  #decoyHash(): Promise<string> {
    this.#decoy ??= hash(crypto.randomUUID(), PARAMETERS).catch((error: unknown) => {
      this.#decoy = undefined;
      throw error;
    });
    return this.#decoy;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < this.#limits.concurrency) {
      this.#running += 1;
      return;
    }
    if (this.#waiting.length >= this.#limits.queue) {
      throw authenticationErrors.error('authentication-busy', { retryAfterSeconds: 5 });
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running -= 1;
    else next();
  }
}
