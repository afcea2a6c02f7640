import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openCell, sealCell } from './cell.ts';
import { associatedData, type CellPlace } from './cell-place.ts';
import { DataKey } from './data-key.ts';
import { keyVersionOf } from './envelope.ts';
import { writeNonce } from './nonce-pool.ts';

const place: CellPlace = { region: 'r', clinicId: '', patientId: 'p', table: 't', column: 'cö', rowId: 'i' };
const key = new DataKey(0x01020304, randomBytes(32));

describe('the envelope', () => {
  it('is version, algorithm, key version, nonce, ciphertext, tag', () => {
    const envelope = sealCell(key, place, 'abc');
    expect(envelope.subarray(0, 6)).toEqual(Buffer.from([1, 1, 1, 2, 3, 4]));
    expect(envelope.length).toBe(6 + 12 + 3 + 16);
    expect(keyVersionOf(envelope)).toBe(0x01020304);
  });

  it('binds header and length-prefixed place, in the documented order', () => {
    const expected = '01 01 01020304 0001 72 0000 0001 70 0001 74 0003 63c3b6 0001 69'.replaceAll(' ', '');
    expect(associatedData(0x01020304, place).toString('hex')).toBe(expected);
  });

  it('gives the same associated data for a place that outgrows the scratch buffer', () => {
    const long = { ...place, rowId: 'é'.repeat(5000) };
    expect(openCell(key, long, sealCell(key, long, 'x')).toString()).toBe('x');
  });

  it('never looks the same twice', () => {
    const seen = new Set(Array.from({ length: 2000 }, () => sealCell(key, place, 'abc').toString('hex')));
    expect(seen.size).toBe(2000);
  });

  it.each([0, 33])('of %d bytes names no key version', (length) => {
    expect(() => keyVersionOf(Buffer.alloc(length, 1))).toThrow(
      expect.objectContaining({ code: 'vault-cell-unopenable' }),
    );
  });
});

describe('nonces', () => {
  it('do not repeat across refills of the pool, and use all 96 bits', () => {
    const nonces = Array.from({ length: 5000 }, () => {
      const nonce = Buffer.alloc(12);
      writeNonce(nonce, 0);
      return nonce.toString('hex');
    });
    expect(new Set(nonces).size).toBe(5000);
    const values = nonces.map((nonce) => BigInt(`0x${nonce}`));
    expect(values.reduce((a, b) => a | b)).toBe(2n ** 96n - 1n);
    expect(values.reduce((a, b) => a & b)).toBe(0n);
  });
});

describe('sealing refuses', () => {
  it.each(['region', 'table', 'column', 'rowId'])('a place without %s', (part) => {
    expect(() => sealCell(key, { ...place, [part]: '' }, 'x')).toThrow(
      expect.objectContaining({ code: 'vault-place-malformed' }),
    );
  });

  it.each(['region', 'clinicId', 'patientId', 'table', 'column', 'rowId'])('an undefined %s', (part) => {
    expect(() => sealCell(key, { ...place, [part]: undefined }, 'x')).toThrow(
      expect.objectContaining({ code: 'vault-place-malformed' }),
    );
  });

  it('half a surrogate pair in the place, whose bytes would equal those of another place', () => {
    expect(() => sealCell(key, { ...place, rowId: '\ud800' }, 'x')).toThrow(
      expect.objectContaining({ code: 'vault-place-malformed' }),
    );
  });

  it('a part of the place whose length does not fit its prefix', () => {
    expect(sealCell(key, { ...place, rowId: 'x'.repeat(65_535) }, 'x').length).toBe(35);
    expect(() => sealCell(key, { ...place, rowId: 'x'.repeat(65_536) }, 'x')).toThrow(
      expect.objectContaining({ code: 'vault-place-malformed' }),
    );
  });

  it('a text that would not come back the same', () => {
    expect(() => sealCell(key, place, 'a\udc00b')).toThrow(
      expect.objectContaining({ code: 'vault-text-malformed' }),
    );
  });
});

describe('a data key', () => {
  it('shows no byte of itself and wipes the bytes it was made from', () => {
    const raw = Buffer.from('0123456789abcdef0123456789ABCDEF');
    const made = new DataKey(1, raw);
    expect(raw.every((byte) => byte === 0)).toBe(true);
    const shown = inspect(made, { showHidden: true, depth: null }) + JSON.stringify(made);
    expect(shown).not.toMatch(/0123|3031|48, ?49/);
  });

  it.each([0, -1, 1.5, 2 ** 32, Number.NaN])('refuses version %d', (version) => {
    expect(() => new DataKey(version, randomBytes(32))).toThrow(RangeError);
  });

  it.each([0, 16, 31, 33])('refuses %d bytes', (length) => {
    expect(() => new DataKey(1, randomBytes(length))).toThrow(RangeError);
  });
});
