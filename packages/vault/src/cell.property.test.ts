import { randomBytes } from 'node:crypto';
import { CarewardError } from '@careward/kernel';
import { bytes, cellPlace, unicodeText } from '@careward/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCell, sealCell } from './cell.ts';
import type { CellPlace } from './cell-place.ts';
import { DataKey } from './data-key.ts';

const key = new DataKey(7, randomBytes(32));
const home: CellPlace = {
  region: 'eu-1',
  clinicId: '019a0000-0000-7000-8000-00000000000a',
  patientId: '019a0000-0000-7000-8000-00000000000b',
  table: 'medical_record_version',
  column: 'diagnosis',
  rowId: '019a0000-0000-7000-8000-00000000000c',
};
const parts = Object.keys(home) as (keyof CellPlace)[];
const unopenable = 'CarewardError vault-cell-unopenable undefined undefined';

describe('a sealed cell', () => {
  it('opens at its own place to the same text, in any script', () => {
    fc.assert(
      fc.property(cellPlace, unicodeText, (place, text) => {
        expect(openCell(key, place, sealCell(key, place, text)).toString('utf8')).toBe(text);
      }),
    );
  });

  it('opens at its own place to the same bytes, and is 34 bytes longer', () => {
    fc.assert(
      fc.property(cellPlace, bytes(300), (place, plaintext) => {
        const envelope = sealCell(key, place, plaintext);
        expect(envelope.length).toBe(plaintext.length + 34);
        expect(openCell(key, place, envelope).equals(plaintext)).toBe(true);
      }),
    );
  });

  it('is refused at every other place', () => {
    fc.assert(
      fc.property(cellPlace, cellPlace, (place, other) => {
        fc.pre(parts.some((part) => place[part] !== other[part]));
        expectRefused(() => openCell(key, other, sealCell(key, place, 'x')));
      }),
    );
  });

  it.each(parts)('is refused when only the %s differs', (part) => {
    fc.assert(
      fc.property(cellPlace, cellPlace, (place, other) => {
        fc.pre(place[part] !== other[part]);
        expectRefused(() => openCell(key, { ...place, [part]: other[part] }, sealCell(key, place, 'x')));
      }),
    );
  });

  it('is refused when characters move from one part of the place to its neighbour', () => {
    const envelope = sealCell(key, home, 'x');
    for (let i = 0; i + 1 < parts.length; i += 1) {
      const [left, right] = [parts[i] as keyof CellPlace, parts[i + 1] as keyof CellPlace];
      const moved = { ...home, [left]: home[left] + home[right].slice(0, 1), [right]: home[right].slice(1) };
      expectRefused(() => openCell(key, moved, envelope));
      expectRefused(() => openCell(key, { ...home, [left]: home[right], [right]: home[left] }, envelope));
    }
  });

  it('is refused at every other cell of a table of 64 that differ in one part or in all', () => {
    const places = allCombinations();
    const cells = places.map((place) => sealCell(key, place, 'same text everywhere'));
    places.forEach((place, at) => {
      cells.forEach((envelope, from) => {
        if (at === from) expect(openCell(key, place, envelope).toString()).toBe('same text everywhere');
        else expectRefused(() => openCell(key, place, envelope));
      });
    });
  });

  it('is refused when any bit of any byte is flipped', () => {
    const envelope = sealCell(key, home, 'Type 2 diabetes mellitus');
    for (let bit = 0; bit < envelope.length * 8; bit += 1) {
      const flipped = Buffer.from(envelope);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expectRefused(() => openCell(key, home, flipped));
    }
  });

  it('is refused at every shorter length, from either end, and when anything is added or cut out', () => {
    const envelope = sealCell(key, home, 'Type 2 diabetes mellitus');
    for (let at = 0; at < envelope.length; at += 1) {
      expectRefused(() => openCell(key, home, envelope.subarray(0, at)));
      expectRefused(() => openCell(key, home, envelope.subarray(at + 1)));
      expectRefused(() => openCell(key, home, spliced(envelope, at, 1, '')));
      expectRefused(() => openCell(key, home, spliced(envelope, at, 0, '\0')));
    }
    expectRefused(() => openCell(key, home, Buffer.concat([envelope, Buffer.alloc(1)])));
    expectRefused(() => openCell(key, home, Buffer.concat([envelope, envelope])));
  });

  it('is refused under another key of the same version, and under the same bytes as another version', () => {
    const raw = randomBytes(32);
    const first = new DataKey(1, Buffer.from(raw));
    const second = new DataKey(2, Buffer.from(raw));
    const envelope = sealCell(first, home, 'x');
    expectRefused(() => openCell(new DataKey(1, randomBytes(32)), home, envelope));
    expectRefused(() => openCell(second, home, envelope));
    const relabelled = Buffer.from(envelope);
    relabelled.writeUInt32BE(2, 2);
    expectRefused(() => openCell(second, home, relabelled));
  });

  it('refuses arbitrary bytes with the same error', () => {
    fc.assert(fc.property(bytes(120), (noise) => expectRefused(() => openCell(key, home, noise))));
  });

  it('answers every kind of failure with the same words, so that nothing tells them apart', () => {
    const envelope = sealCell(key, home, 'x');
    const failures = [
      () => openCell(key, { ...home, rowId: 'other' }, envelope),
      () => openCell(key, { ...home, rowId: '' }, envelope),
      () => openCell(key, { ...home, rowId: '\ud800' }, envelope),
      () => openCell(new DataKey(8, randomBytes(32)), home, envelope),
      () => openCell(key, home, Buffer.alloc(0)),
      () => openCell(key, home, Buffer.from([2, ...envelope.subarray(1)])),
    ].map((fail) => JSON.stringify(Object.entries(caught(fail))) + caught(fail).message);
    expect(new Set(failures).size).toBe(1);
  });
});

function expectRefused(open: () => Buffer): void {
  const error = caught(open);
  const { code, detail } = error instanceof CarewardError ? error : { code: '', detail: '' };
  expect(`${error.name} ${code} ${detail} ${error.cause}`).toBe(unopenable);
}

function caught(open: () => Buffer): Error {
  try {
    open();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('it opened');
}

function spliced(envelope: Buffer, at: number, remove: number, insert: string): Buffer {
  return Buffer.concat([
    envelope.subarray(0, at),
    Buffer.from(insert, 'latin1'),
    envelope.subarray(at + remove),
  ]);
}

/** Every mixture of two values per part: 2^6 places. */
function allCombinations(): CellPlace[] {
  return Array.from({ length: 64 }, (_, mask) => {
    const place = { ...home };
    parts.forEach((part, bit) => {
      if (mask & (1 << bit)) Object.assign(place, { [part]: `${home[part]}2` });
    });
    return place;
  });
}
