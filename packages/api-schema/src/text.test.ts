import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { multiLine, NewPassword, singleLine } from './index.ts';

const name = singleLine(200);
const note = multiLine(10_000);

describe('names of every script', () => {
  test.each([
    'Bibi254 Schowalter414',
    'José María Casares',
    "Mathilda O'Keefe",
    "VALLEY WOMEN'S HEALTH GROUP, LLC",
    '李小龍',
    '山田 太郎',
    '김철수',
    'محمد بن سلمان',
    'שרה לוי',
    'अनुष्का शर्मा',
    'ณัฐวุฒิ',
    'Łukasz Żółw',
    'Nguyễn Thị Minh Khai',
    'Þórður',
    'Ngũgĩ wa Thiong’o',
    'X Æ A-12',
    '𠮷野家',
    'می‌خواهم',
    'Jean-Luc d’Ârtagnan',
  ])('%s is taken and kept', (value) => {
    expect(name.parse(value)).toBe(value.normalize('NFC'));
  });

  test('combining marks are composed, so that one name has one form', () => {
    expect(name.parse('Jose\u0301')).toBe('José');
    expect(name.parse('  Amélie ')).toBe('Amélie');
  });
});

describe('what is no name', () => {
  test.each([
    ['empty', ''],
    ['blank', ' \u00a0\u3000'],
    ['invisible', '\u200b\u200d'],
    ['a NUL', 'Ann\u0000'],
    ['a line break', 'Ann\nBob'],
    ['a C1 control', 'Ann\u0085'],
    ['a line separator', 'Ann\u2028Bob'],
    ['a direction override', 'Ann\u202Ebob'],
    ['a direction isolate', 'Ann\u2066bob'],
    ['a lone high surrogate', 'Ann\ud800'],
    ['a lone low surrogate', '\udc00Ann'],
  ])('%s is refused', (_, value) => {
    expect(name.safeParse(value).success).toBe(false);
  });

  test('length counts characters as people and the database do, not UTF-16 units', () => {
    expect(name.safeParse('𠮷'.repeat(200)).success).toBe(true);
    expect(name.safeParse('𠮷'.repeat(201)).success).toBe(false);
    expect(name.safeParse('a'.repeat(201)).success).toBe(false);
  });
});

describe('clinical text', () => {
  test('lines and tabs stay, other control characters are refused', () => {
    expect(note.parse('Fever.\r\n\tCough.\n')).toBe('Fever.\r\n\tCough.\n');
    for (const bad of ['\u0000', '\u0007', '\u001b[31m', '\u009f', '\ud83d', '\n\t ']) {
      expect(note.safeParse(bad === '\n\t ' ? bad : `Fever${bad}`).success).toBe(false);
    }
  });

  test('markup is text: it is kept as given', () => {
    expect(note.parse('BP <120/80> & "stable" <script>')).toBe('BP <120/80> & "stable" <script>');
  });

  test('ten thousand characters fit, one more does not', () => {
    expect(note.safeParse('x'.repeat(10_000)).success).toBe(true);
    expect(note.safeParse('x'.repeat(10_001)).success).toBe(false);
  });
});

describe('passwords', () => {
  test('any script and inner or outer spaces count; nothing is trimmed', () => {
    for (const password of [
      '  fifteen chars  ',
      '正しい馬の電池ステープルは良い鍵です',
      'correct horse battery',
    ]) {
      expect(NewPassword.parse(password)).toBe(password);
    }
  });

  test('a short one, a huge one and one with control characters are refused', () => {
    for (const password of ['7 chars', 'x'.repeat(257), 'correct horse\u0000battery']) {
      expect(NewPassword.safeParse(password).success).toBe(false);
    }
  });
});

test('what was taken once is taken again unchanged, and never holds a control character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (value) => {
      const first = name.safeParse(value);
      if (!first.success) return;
      expect(name.parse(first.data)).toBe(first.data);
      expect(first.data).not.toMatch(/\p{Cc}/u);
      expect(first.data.isWellFormed()).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
