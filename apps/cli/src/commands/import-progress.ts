import type { ImportProgress } from '@careward/server';
import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from '../terminal.ts';

/** Shows how far an import is. */
export interface ProgressDisplay {
  readonly update: (progress: ImportProgress) => void;
  /** Ends the display; safe to call twice. */
  readonly finish: () => void;
}

/** Pause between two plain lines, in milliseconds. */
const LINE_EVERY_MS = 2_000;

/** A bar where a person watches, a line now and then where a file does. `expected` is a rough number of patients. */
export function importProgress(terminal: Terminal, expected: number): ProgressDisplay {
  return terminal.noteIsTty ? bar(expected) : lines(terminal, expected);
}

function bar(expected: number): ProgressDisplay {
  const format = 'importing {bar} {percentage}%  {value} of {total} patients, {records} records';
  const display = new SingleBar({ format, hideCursor: true, stream: process.stderr }, Presets.shades_classic);
  let taken = 0;
  display.start(expected, 0, { records: 0 });
  return {
    update: ({ medicalRecords }) => {
      taken += 1;
      if (taken > display.getTotal()) display.setTotal(taken);
      display.update(taken, { records: medicalRecords });
    },
    finish: () => display.stop(),
  };
}

function lines(terminal: Terminal, expected: number): ProgressDisplay {
  let taken = 0;
  let toldAt: number | undefined;
  return {
    update: ({ medicalRecords }) => {
      taken += 1;
      const now = performance.now();
      if (toldAt !== undefined && now - toldAt < LINE_EVERY_MS) return;
      toldAt = now;
      terminal.note(`importing: patient ${taken} of about ${expected}, ${medicalRecords} records`);
    },
    finish: () => undefined,
  };
}
