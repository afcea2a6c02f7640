// Passwords that everybody tries first: a list of the most common ones, and the operator's own list of breached ones.
//
// Defends: accounts from passwords found elsewhere (NIST SP 800-63B-4, 3.1.1.2). Compared without case, also in the spelling without
// lookalikes and without the digits and signs that people put around a word.
// Nothing leaves the server: a list as large as Have I Been Pwned's is searched in its file, which has to be sorted by hash.
import { createHash } from 'node:crypto';
import { dictionary } from '@zxcvbn-ts/language-common';
import { BreachedPasswordsFile } from './breached-passwords-file.ts';
import { fold, plainSpelling, spelledPlainly } from './context-words.ts';

/** Answers whether a password is known. */
export class KnownPasswords {
  readonly #common = new Set(dictionary['passwords-common'].map(fold));
  readonly #plain = new Set(Array.from(this.#common, spelledPlainly));
  readonly #breached: BreachedPasswordsFile | undefined;

  /** @param breachedFile lines of SHA-1 digests (with or without `:count`), or of passwords; see docs/configuration.md */
  constructor(breachedFile: string | undefined) {
    this.#breached = breachedFile === undefined ? undefined : new BreachedPasswordsFile(breachedFile);
  }

  /** Whether the password, or a spelling of it that everybody tries next, is on a list. */
  async includes(password: string): Promise<boolean> {
    const spellings = spellingsOf(password);
    if (spellings.some((spelling) => this.#common.has(spelling) || this.#plain.has(plainSpelling(spelling))))
      return true;
    const breached = this.#breached;
    if (breached === undefined) return false;
    const normalised = password.normalize('NFKC');
    const digests = new Set([password, normalised, ...spellings].map(digestOf));
    const found = await Promise.all([...digests].map((digest) => breached.includes(digest)));
    return found.includes(true);
  }
}

/** The password folded, and what is left of it without digits and signs at its ends. */
function spellingsOf(password: string): string[] {
  const folded = fold(password);
  const bare = folded.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  return bare.length >= 4 && bare.length >= folded.length - 4 ? [folded, bare] : [folded];
}

/** Upper-case SHA-1, as lists of breached passwords are published; it protects nothing here. */
function digestOf(password: string): string {
  return createHash('sha1').update(password, 'utf8').digest('hex').toUpperCase();
}
