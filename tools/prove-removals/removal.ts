/** One protection to take away, and the tests that have to notice. */
export interface Removal {
  /** What is taken away, as the published table says it. */
  readonly name: string;
  readonly file: string;
  /** Text that stands exactly once in the file. */
  readonly search: string;
  readonly replacement: string;
  /** Test files that are run; at least one of their tests has to fail. */
  readonly tests: readonly string[];
}

/** The text of a file without the protection. Throws when the removal no longer fits the code: it has to be written anew. */
export function applied({ name, search, replacement }: Removal, text: string): string {
  const found = text.split(search).length - 1;
  if (found !== 1) throw new Error(`the removal "${name}" fits ${found} places of its file instead of one`);
  return text.replace(search, () => replacement);
}
