const DIGITS = /^\d*$/;

/** Rows in columns as wide as their content, numbers to the right, two spaces between, nothing at the end of a line. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, at) => Math.max(...all.map((row) => width(row[at] ?? ''))));
  const toRight = header.map((_, at) => rows.every((row) => DIGITS.test(row[at] ?? '')));
  return all.map((row) =>
    row
      .map((cell, at) => padded(cell, widths[at] ?? 0, toRight[at] === true))
      .join('  ')
      .trimEnd(),
  );
}

function padded(cell: string, to: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, to - width(cell)));
  return right ? space + cell : cell + space;
}

const segmenter = new Intl.Segmenter();
/** Scripts whose characters take two columns of a terminal. */
const WIDE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}！-｠]/u;

/** Columns that a text takes in a terminal. */
export function width(text: string): number {
  let columns = 0;
  for (const { segment } of segmenter.segment(text)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}
