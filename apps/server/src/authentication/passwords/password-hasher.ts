// Password hashing with Argon2id (RFC 9106; OWASP Password Storage: m = 19 MiB, t = 2, p = 1).
//
// Defends: a stolen account table against guessing, and the rest of the server against a flood of sign-ins: at most `concurrency`
// hashes run, at most `queue` of each kind wait, the next one is refused with a time to come back. Hashes of older systems and of
// older parameters still fit, and say so, so that they are replaced at the next success.
// Does not limit how often one account or address may try: see sign-in/lockout.service.ts.
import { hash, verify } from '@node-rs/argon2';
import { authenticationErrors } from '../authentication.errors.ts';
import { fitsBcrypt, isBcrypt } from './bcrypt.ts';
import { FairQueue, type QueueLimits } from './fair-queue.ts';

/** The library's number for Argon2id; its enum is ambient and cannot be imported under isolated modules. */
const ARGON2ID = 2;
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const PRESENT_FORM = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$/;

/** Why a password is hashed or checked: each kind has its own line. */
export type PasswordWork = 'sign-in' | 'proof' | 'set-password';

/** Whether a password fits, and whether its hash should be replaced by one of today. */
export interface PasswordCheck {
  readonly fits: boolean;
  readonly isOutdated: boolean;
}

/** Hashes and checks passwords, a bounded number at a time. Passwords are compared as NFKC (NIST SP 800-63B-4, 3.1.1.2). */
export class PasswordHasher {
  readonly #queue: FairQueue<PasswordWork>;
  #decoy: Promise<string> | undefined;

  constructor(limits: QueueLimits) {
    const busy = () => authenticationErrors.error('authentication-busy', { retryAfterSeconds: 5 });
    this.#queue = new FairQueue(limits, busy);
  }

  /** The encoded hash of a password. Refuses with `authentication-busy` when its line is full. */
  hash(password: string): Promise<string> {
    return this.#queue.run('set-password', () => hash(password.normalize('NFKC'), PARAMETERS));
  }

  /**
   * Whether the password fits. Without a hash it does the same work against a decoy, so the time tells nothing; see DecoyHashes for
   * the one to give where accounts have hashes of older systems.
   */
  async check(
    password: string,
    encoded: string | undefined,
    kind: PasswordWork = 'sign-in',
    decoy?: string,
  ): Promise<PasswordCheck> {
    const against = encoded ?? decoy ?? (await this.#decoyHash());
    const fits = await this.#queue.run(kind, () => fitsHash(password, against));
    return { fits: fits && encoded !== undefined, isOutdated: isOutdated(against) };
  }

  /** As {@link check}, for who does not replace hashes. */
  async matches(password: string, encoded: string | undefined, kind?: PasswordWork): Promise<boolean> {
    return (await this.check(password, encoded, kind)).fits;
  }

  #decoyHash(): Promise<string> {
    this.#decoy ??= hash(crypto.randomUUID(), PARAMETERS).catch((error: unknown) => {
      this.#decoy = undefined;
      throw error;
    });
    return this.#decoy;
  }
}

/** A hash that nobody can read fits nothing. */
async function fitsHash(password: string, encoded: string): Promise<boolean> {
  if (isBcrypt(encoded)) return await fitsBcrypt(password, encoded);
  try {
    return await verify(encoded, password.normalize('NFKC'));
  } catch {
    return false;
  }
}

/** Whether a hash costs a guesser less than today's would. */
function isOutdated(encoded: string): boolean {
  const [, memory, time] = PRESENT_FORM.exec(encoded) ?? [];
  return !(Number(memory) >= PARAMETERS.memoryCost && Number(time) >= PARAMETERS.timeCost);
}
