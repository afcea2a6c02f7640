import { fileRule } from '../rule.ts';

const MOST_LINES = 300;

/** A file that does one job is read in one go. */
export const fileSize = fileRule('file-size', `no file is longer than ${MOST_LINES} lines`, (file) =>
  file.lineCount > MOST_LINES
    ? [{ line: MOST_LINES + 1, message: `${file.lineCount} lines: split it by job` }]
    : [],
);
