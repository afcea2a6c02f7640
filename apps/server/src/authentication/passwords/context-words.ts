// How much of a password is left when everything is taken out that somebody who knows the person would try first.
//
// Defends: accounts from guesses made of the person's name, address, clinic or of this product, however they are spelt: with digits for
// letters, with other cases, doubled, backwards; and from rows of the keyboard, rising digits and repetitions that only fill the length.
// Does not know passwords that were found elsewhere: see known-passwords.ts.

/** Letters that digits and signs stand for. `1`, `!` and `|` are read as i and as l. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '!': 'i',
  '|': 'i',
  '2': 'z',
  '3': 'e',
  '4': 'a',
  '@': 'a',
  '5': 's',
  $: 's',
  '6': 'g',
  '7': 't',
  '+': 't',
  '8': 'b',
  '9': 'g',
  '(': 'c',
}; // prettier-ignore
const ROWS = [
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  '1234567890',
  'abcdefghijklmnopqrstuvwxyz',
  '1qaz',
  '2wsx',
  '3edc',
  '4rfv',
  '5tgb',
  '6yhn',
  '7ujm',
  '8ik',
  '9ol',
  '!@#$%^&*()',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
]; // prettier-ignore
/** Shorter words are part of too many others. */
const SHORTEST_WORD = 3;
/** Neighbours on a keyboard by chance. */
const SHORTEST_RUN = 4;
const SHORTEST_REPETITION = 3;

/** A password in the one spelling in which it is compared: NFKC, lower case, without lookalikes. Keeps the number of characters. */
export function plainSpelling(text: string): string {
  return spelledPlainly(fold(text));
}

/** {@link plainSpelling} of a text that is folded already. */
export function spelledPlainly(folded: string): string {
  return folded.replaceAll(/[0-9!|@$+(]/g, (character) => LOOKALIKES[character] ?? character);
}

/** Case-folded NFKC. */
export function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** The words of names and addresses that are long enough to be looked for, each in its plain spelling, and all of a name together. */
export function contextWords(sources: readonly string[]): string[] {
  const words = sources.flatMap((source) => {
    const parts = fold(source)
      .split(/[^\p{L}\p{M}\p{N}]+/u)
      .filter((part) => part !== '');
    return [...parts, parts.join(''), fold(source)];
  });
  return [...new Set(words.map(plainSpelling))].filter((word) => Array.from(word).length >= SHORTEST_WORD);
}

/** The number of characters that a guesser does not get for free; a stretch that is known counts as one. */
export function unguessableLength(password: string, words: readonly string[]): number {
  const typed = Array.from(fold(password));
  const plain = Array.from(plainSpelling(password)).map((character) => (character === 'l' ? 'i' : character));
  const searched = words.flatMap((word) => {
    const letters = Array.from(word.replaceAll('l', 'i'));
    return [letters, letters.toReversed()];
  });
  let count = 0;
  for (let at = 0; at < typed.length; count += 1) {
    at += Math.max(
      1,
      wordAt(plain, at, searched),
      runAt(typed, at),
      yearAt(typed, at),
      repetitionAt(typed, at),
    );
  }
  return count;
}

function wordAt(text: readonly string[], at: number, words: readonly (readonly string[])[]): number {
  const found = words.filter((word) => word.every((letter, index) => text[at + index] === letter));
  return Math.max(0, ...found.map((word) => word.length));
}

/** How many characters from here on follow each other on a keyboard or in the alphabet, in either direction. */
function runAt(text: readonly string[], at: number): number {
  const lengths = ROWS.flatMap((row) => [runOn(row, 1, text, at), runOn(row, -1, text, at)]);
  const longest = Math.max(...lengths);
  return longest >= SHORTEST_RUN ? longest : 0;
}

function runOn(row: string, step: 1 | -1, text: readonly string[], at: number): number {
  const start = row.indexOf(text[at] ?? ' ');
  if (start < 0) return 0;
  let length = 1;
  while (text[at + length] !== undefined && text[at + length] === row[start + step * length]) length += 1;
  return length;
}

/** Years in which people live. */
function yearAt(text: readonly string[], at: number): number {
  return /^(?:19|20)\d\d$/.test(text.slice(at, at + 4).join('')) ? 4 : 0;
}

/** How many characters from here on repeat what stands before them: `aaaa`, `ababab`, a word twice. */
function repetitionAt(text: readonly string[], at: number): number {
  let longest = 0;
  for (let period = 1; period <= Math.min(at, text.length - at); period += 1) {
    let length = 0;
    while (at + length < text.length && text[at + length] === text[at + length - period]) length += 1;
    if (length >= Math.max(period, SHORTEST_REPETITION)) longest = Math.max(longest, length);
  }
  return longest;
}
