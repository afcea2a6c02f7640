// Questions at the terminal.
//
// Defends a password from being seen: it is never echoed, never an argument (every process of the machine can read those) and never
// part of an error. From a pipe it is the first line. Does not wipe memory; the process is short.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { cliErrors } from './cli.errors.ts';

/** Where answers come from. */
export interface Questioner {
  /** Whether a person is there to be asked. */
  readonly interactive: boolean;
  ask(question: string): Promise<string>;
  askHidden(question: string): Promise<string>;
  /** The first line of a pipe, or `cli-input-missing`. */
  readLine(what: string): Promise<string>;
}

const LONGEST_LINE = 4_096;

/** Questions on stderr, answers from stdin. */
export const processQuestioner: Questioner = {
  interactive: process.stdin.isTTY === true,
  ask: (question) => prompt(question, false),
  askHidden: (question) => prompt(question, true),
  readLine: readFirstLine,
};

async function prompt(question: string, hidden: boolean): Promise<string> {
  let quiet = false;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!quiet) process.stderr.write(chunk);
      done();
    },
  });
  const readline = createInterface({ input: process.stdin, output, terminal: true });
  try {
    const answer = readline.question(question);
    quiet = hidden;
    return await answer;
  } catch (cause) {
    throw cliErrors.error('cli-input-missing', { detail: 'the question was not answered', cause });
  } finally {
    readline.close();
    if (hidden) process.stderr.write('\n');
  }
}

async function readFirstLine(what: string): Promise<string> {
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.includes('\n') || text.length > LONGEST_LINE) break;
  }
  const [line = ''] = text.split(/\r?\n/);
  if (line === '') throw cliErrors.error('cli-input-missing', { detail: what });
  return line;
}
