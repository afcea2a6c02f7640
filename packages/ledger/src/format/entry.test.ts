import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryOf, START, saltOf } from '../testdata/memory-ledger.ts';
import { readKnownAnswers } from '../testdata/read-testdata.ts';
import { commitEntry, ENTRY_FIELDS, encodeEntry, type LedgerEntry } from './entry.ts';

const base = entryOf(1, START);
const optional = [
  'clinicId',
  'actorId',
  'purpose',
  'requestId',
  'address',
  'agent',
  'resourceId',
  'patientId',
  'reason',
];
const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const entries = fc
  .record(
    Object.fromEntries(ENTRY_FIELDS.map((name) => [name, optional.includes(name) ? fc.option(text) : text])),
  )
  .map((fields) => ({ ...fields, at: base.at }) as unknown as LedgerEntry); // fc.record loses the field names

describe('an entry has exactly one encoding', () => {
  it.each(readKnownAnswers().entries)('known answer $commitment', ({ entry, salt, encoding, commitment }) => {
    expect(encodeEntry(entry).toString('base64')).toBe(encoding);
    expect(commitEntry(entry, Buffer.from(salt, 'base64')).toString('base64')).toBe(commitment);
  });

  it('null differs from the empty string in every optional field', () => {
    for (const name of optional) {
      expect(encodeEntry({ ...base, [name]: null })).not.toEqual(encodeEntry({ ...base, [name]: '' }));
    }
  });

  it('different entries have different encodings', () => {
    fc.assert(
      fc.property(entries, entries, (one, other) => {
        const same = ENTRY_FIELDS.every((name) => one[name] === other[name]);
        expect(encodeEntry(one).equals(encodeEntry(other))).toBe(same);
      }),
    );
  });

  it('text that moves from one field into the next changes the encoding', () => {
    const one = { ...base, resourceId: 'ab', patientId: 'c' };
    expect(encodeEntry(one)).not.toEqual(encodeEntry({ ...base, resourceId: 'a', patientId: 'bc' }));
  });

  it('the salt decides the commitment and is part of it', () => {
    expect(commitEntry(base, saltOf(1))).not.toEqual(commitEntry(base, saltOf(2)));
  });
});

describe('what has no unique encoding is refused', () => {
  it.each([
    ['a lone surrogate', { reason: '\ud800' }],
    ['a null in a required field', { action: null }],
    ['a number', { agent: 7 }],
    ['a missing field', { agent: undefined }],
    ['a time without milliseconds', { at: '2026-11-01T08:00:00Z' }],
    ['a time with an offset', { at: '2026-11-01T08:00:00.000+01:00' }],
    ['a day that does not exist', { at: '2026-02-30T08:00:00.000Z' }],
  ])('%s', (_, change) => {
    const entry = { ...base, ...change } as unknown as LedgerEntry; // deliberately not an entry
    expect(() => encodeEntry(entry)).toThrow(expect.objectContaining({ code: 'ledger-entry-malformed' }));
  });

  it.each([0, 16, 31, 33])('a salt of %i bytes', (length) => {
    const commit = () => commitEntry(base, Buffer.alloc(length));
    expect(commit).toThrow(expect.objectContaining({ code: 'ledger-salt-malformed' }));
  });
});
