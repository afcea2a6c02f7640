import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requirePlainAddress, requireSubject } from './mail-address.ts';

describe('an address', () => {
  it.each([
    'victim@example.org\r\nBcc: attacker@example.com',
    'victim@example.org\nattacker@example.com',
    'victim@example.org, attacker@example.com',
    'victim@example.org;attacker@example.com',
    'Victim <attacker@example.com>',
    '"victim@example.org"@example.com',
    'victim@example.org (attacker)',
    'victim@example.org\u2028attacker@example.com',
    'victim\u0000@example.org',
    'victim\u202e@example.org',
    'victim@example.org>',
    'victim@@example.org',
    'victim@[127.0.0.1]',
    'victim',
    '',
    `${'a'.repeat(65)}@example.org`,
    `a@${'b'.repeat(253)}.org`,
  ])('%j is refused', (address) => {
    expect(() => requirePlainAddress(address)).toThrow(
      expect.objectContaining({ code: 'mail-address-refused' }),
    );
  });

  it.each(['a@example.org', "o'neil+tag@sub.example.org", 'жена@пример.рф'])(
    '%j passes as it is',
    (address) => {
      expect(requirePlainAddress(address)).toBe(address);
    },
  );

  it('never lets a line break, a second @ or a separator through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (noise) => {
        const address = `a${noise}@example.org`;
        if (passes(address)) expect(address).toMatch(/^[^\s@,;<>"()]+@example\.org$/);
      }),
      { numRuns: 2_000 },
    );
  });
});

it('a subject is one visible line', () => {
  expect(requireSubject('Your invitation to Clinic Nord')).toContain('Nord');
  for (const subject of ['', 'a\r\nBcc: x@example.org', 'a\u202eb', 'x'.repeat(201)]) {
    expect(() => requireSubject(subject)).toThrow(TypeError);
  }
});

function passes(address: string): boolean {
  try {
    requirePlainAddress(address);
    return true;
  } catch {
    return false;
  }
}
