// Which passwords may be set.
//
// Defends: accounts from being guessed, by length and by lists instead of rules of composition (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS
// 6.2). Fifteen characters where the password stands alone, eight where a second factor stands beside it.
// Does not judge passwords that are already in use: they are replaced when somebody changes them.
import type { PasswordsConfiguration } from '../../config/index.ts';
import { authenticationErrors } from '../authentication.errors.ts';
import { contextWords, unguessableLength } from './context-words.ts';
import { KnownPasswords } from './known-passwords.ts';

/** What is known of whoever sets a password. */
export interface PasswordOwner {
  /** E-mail address, display name, names of clinics: what must not make up the password. */
  readonly words: readonly string[];
  /** Whether the account has a second factor, or has to have one by its roles. */
  readonly hasSecondFactor: boolean;
}

/** Characters are code points of the NFKC form. */
const SHORTEST_ALONE = 15;
const SHORTEST_BESIDE_FACTOR = 8;
const LONGEST = 128;
/** What has to remain without the words that belong to the person. */
const FEWEST_UNGUESSABLE = 8;
const PRODUCT_WORDS = ['careward'];

/** The rule of older systems, for operators who are bound to it. */
const COMPOSITION = {
  shortest: 8,
  longest: 100,
  form: /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[@$!%*?&])[A-Za-z\d@$!%*?&]/,
} as const;

/** Refuses passwords that are easy to guess. */
export class PasswordPolicy {
  readonly #rule: PasswordsConfiguration['rule'];
  readonly #known: KnownPasswords;

  constructor({ rule, breachedFile }: PasswordsConfiguration) {
    this.#rule = rule;
    this.#known = new KnownPasswords(breachedFile);
  }

  /** Refuses a password that breaks a rule, naming the rule. `path` is the field of the request that holds it. */
  async rejectWeak(password: string, owner: PasswordOwner, path = 'newPassword'): Promise<void> {
    const normalised = password.normalize('NFKC');
    this.#rejectLength(normalised, owner, path);
    if (this.#rule === 'seed' && !COMPOSITION.form.test(normalised))
      throw weak(
        'password-composition',
        path,
        'must hold a small and a capital letter, a digit and one of @$!%*?&',
      );
    if (await this.#known.includes(password))
      throw weak('password-known', path, 'must not be a password that is known to guessers');
    const words = contextWords([...PRODUCT_WORDS, ...owner.words.flatMap(addressParts)]);
    if (unguessableLength(password, words) < FEWEST_UNGUESSABLE)
      throw weak(
        'password-guessable',
        path,
        'must not be made of names, addresses, repetitions or rows of keys',
      );
  }

  #rejectLength(normalised: string, { hasSecondFactor }: PasswordOwner, path: string): void {
    const length = Array.from(normalised).length;
    const seed = this.#rule === 'seed';
    const shortest = seed ? COMPOSITION.shortest : hasSecondFactor ? SHORTEST_BESIDE_FACTOR : SHORTEST_ALONE;
    const longest = seed ? COMPOSITION.longest : LONGEST;
    if (length < shortest)
      throw weak('password-too-short', path, `must have at least ${shortest} characters`);
    if (length > longest) throw weak('password-too-long', path, `must have at most ${longest} characters`);
  }
}

/** The local part of an address; a domain is shared by too many. */
function addressParts(text: string): string[] {
  const at = text.lastIndexOf('@');
  return at < 0 ? [text] : [text.slice(0, at)];
}

type WeakCode =
  | 'password-too-short'
  | 'password-too-long'
  | 'password-known'
  | 'password-guessable'
  | 'password-composition';

function weak(code: WeakCode, path: string, message: string): Error {
  return authenticationErrors.error(code, { faults: [{ path, message }] });
}
