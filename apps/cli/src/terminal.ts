import { styleText } from 'node:util';

/** Environment variables as Node gives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command may use of its surroundings; tests give their own. */
export interface Terminal {
  readonly environment: Environment;
  /** One line of the result. */
  out(line: string): void;
  /** One line about the work: progress, notices, errors. */
  note(line: string): void;
  /** Whether each stream is a person's terminal. */
  readonly outIsTty: boolean;
  readonly noteIsTty: boolean;
}

/** The streams of this process. */
export function processTerminal(environment: Environment): Terminal {
  return {
    environment,
    out: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    outIsTty: process.stdout.isTTY === true,
    noteIsTty: process.stderr.isTTY === true,
  };
}

/** Colours that mean something. */
export type Tone = 'good' | 'bad' | 'quiet' | 'strong';

/** The text in its tone where a person sees it, plain text in files and pipes and under NO_COLOR (no-color.org). */
export function toned(terminal: Terminal, tone: Tone, text: string): string {
  if (!terminal.outIsTty || terminal.environment.NO_COLOR) return text;
  return styleText(STYLES[tone], text, { validateStream: false });
}

const STYLES = { good: 'green', bad: 'red', quiet: 'dim', strong: 'bold' } as const;
