import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Contacts,
  EmailAddress,
  normaliseEmail,
  normalisePhone,
  normaliseSsn,
  PhoneNumber,
} from './index.ts';

describe('phone numbers', () => {
  test.each([
    ['555-981-8755', '5559818755'],
    ['6177223000', '6177223000'],
    ['(617) 722 3000', '6177223000'],
    ['+44 20 7946 0958', '+442079460958'],
    ['+1.617.722.3000', '+16177223000'],
    ['030/901820', '030901820'],
    ['555‑981–8755', '5559818755'],
    ['５５５９８１', '555981'],
    ['112 2', '1122'],
  ])('%s is stored as %s', (given, stored) => {
    expect(normalisePhone(given)).toBe(stored);
    expect(PhoneNumber.parse(given)).toBe(stored);
  });

  test.each([
    '',
    '112',
    '1234567890123456',
    '+0123456',
    '555-CALL',
    '555 x12',
    '+',
    '++4420',
    '4+4420',
    '12\u000034',
  ])('%j is refused', (given) => {
    expect(normalisePhone(given)).toBeUndefined();
    expect(PhoneNumber.safeParse(given).success).toBe(false);
  });
});

describe('e-mail addresses', () => {
  test.each([
    [' Ann.Lee@Example.COM ', 'ann.lee@example.com'],
    ['o’keefe+claims@clinic.example', 'o’keefe+claims@clinic.example'],
    ['Jose\u0301@correo.example', 'josé@correo.example'],
    ['用户@例子.测试', '用户@例子.测试'],
    ['a@b-c.co', 'a@b-c.co'],
  ])('%s is compared as %s', (given, compared) => {
    expect(EmailAddress.parse(given)).toBe(compared);
  });

  test.each([
    'ann',
    '@example.com',
    'ann@',
    'ann@localhost',
    'ann@@example.com',
    '.ann@example.com',
    'ann.@example.com',
    'a..b@example.com',
    'ann lee@example.com',
    'ann@example.com\r\nBcc: eve@example.com',
    'ann@exa\nmple.com',
    'Ann <ann@example.com>',
    'ann@example.com,eve@example.com',
    '"ann"@example.com',
    'ann@-example.com',
    'ann@example-.com',
    'ann\u0000@example.com',
    `${'a'.repeat(65)}@example.com`,
    `ann@${'a'.repeat(64)}.com`,
    `ann@${'abcdefghi.'.repeat(30)}com`,
  ])('%j is refused', (given) => {
    expect(EmailAddress.safeParse(given).success).toBe(false);
  });

  test('normalising twice changes nothing', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (given) => {
        const once = normaliseEmail(given);
        if (once !== undefined) expect(normaliseEmail(once)).toBe(once);
      }),
    );
  });

  test('a hostile address is judged in no time', () => {
    const started = performance.now();
    for (const hostile of [`${'a.'.repeat(100_000)}@`, `a@${'a-'.repeat(150)}`, `${'.'.repeat(319)}@`]) {
      EmailAddress.safeParse(hostile);
    }
    expect(performance.now() - started).toBeLessThan(250);
  });
});

test('a social security number is nine digits in any usual spelling, of any range', () => {
  for (const given of ['999-68-8566', '999688566', ' 999 68 8566 '])
    expect(normaliseSsn(given)).toBe('999688566');
  for (const given of ['99968856', '9996885661', 'abc-de-fghi', ''])
    expect(normaliseSsn(given)).toBeUndefined();
});

test('contacts without lists are contacts with empty ones; unknown members and empty addresses are refused', () => {
  expect(Contacts.parse({})).toEqual({ phones: [], emails: [], addresses: [] });
  expect(Contacts.safeParse({ fax: [] }).success).toBe(false);
  expect(Contacts.safeParse({ addresses: [{}] }).success).toBe(false);
  expect(Contacts.safeParse({ addresses: [{ lines: [] }] }).success).toBe(false);
});
