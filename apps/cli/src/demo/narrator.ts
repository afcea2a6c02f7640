import { table } from '../table.ts';
import { type Terminal, toned } from '../terminal.ts';

/** What a step showed. */
export interface Shown {
  /** A status code or a word, for the narrow column. */
  readonly outcome: string;
  readonly text: string;
}

const TITLE_WIDTH = 46;
const OUTCOME_WIDTH = 10;
const LONGEST_TEXT = 160;

/** Tells the demonstration, line by line, in columns. */
export class Narrator {
  readonly #terminal: Terminal;
  #steps = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** A heading with space above. */
  heading(text: string): void {
    this.#terminal.out('');
    this.#terminal.out(toned(this.#terminal, 'strong', text));
  }

  /** What has been made ready. */
  ready(what: string, text: string): void {
    this.#terminal.out(`  ${what.padEnd(16)}${text}`);
  }

  /** The next step: its number, what came of it, and what that proves. */
  step(title: string, { outcome, text }: Shown, proves: string): void {
    this.#steps += 1;
    const number = String(this.#steps).padStart(2);
    const shown = toned(this.#terminal, 'good', outcome.padEnd(OUTCOME_WIDTH));
    this.#terminal.out(`${number}  ${title.padEnd(TITLE_WIDTH)}${shown}${shortened(text)}`);
    this.#terminal.out(toned(this.#terminal, 'quiet', `    proves: ${proves}`));
  }

  /** A table, set in. */
  rows(header: readonly string[], rows: readonly (readonly string[])[]): void {
    for (const line of table(header, rows)) this.#terminal.out(`  ${line}`);
  }

  /** Lines as they are, set in. */
  lines(lines: readonly string[]): void {
    for (const line of lines) this.#terminal.out(`  ${line}`);
  }
}

/** On one line, however long a diagnosis is. */
function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length <= LONGEST_TEXT ? line : `${line.slice(0, LONGEST_TEXT - 1)}…`;
}
