import type { Terminal } from './terminal.ts';

/** What a command is given when it is put into the program. */
export interface CommandHost {
  readonly terminal: Terminal;
  /** Makes the action of a command: what `work` answers is the exit code. */
  action<Inputs extends unknown[]>(
    work: (...inputs: Inputs) => Promise<number>,
  ): (...inputs: Inputs) => Promise<void>;
}
