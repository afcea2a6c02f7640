import { expect, test } from 'vitest';
import { table, width } from './table.ts';

test('columns are as wide as their content, numbers stand to the right, lines end without spaces', () => {
  expect(
    table(
      ['', 'new', 'name'],
      [
        ['patients', '12', 'Ann'],
        ['records', '7', ''],
      ],
    ),
  ).toEqual(['          new  name', 'patients   12  Ann', 'records     7']);
});

test('characters of wide scripts take two columns, marks none', () => {
  expect(width('山田')).toBe(4);
  expect(width('김')).toBe(2);
  expect(width('José')).toBe(4);
  expect(width('שָׁלוֹם')).toBe(4);
});
