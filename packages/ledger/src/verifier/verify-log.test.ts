import { beforeEach, describe, expect, it } from 'vitest';
import { signCheckpoint } from '../format/checkpoint.ts';
import { commitEntry } from '../format/entry.ts';
import { createSigner } from '../format/note-key.ts';
import {
  checkpointOf,
  forge,
  freshLog,
  lastNote,
  leafAt,
  renumber,
  rewriteTile,
  verify,
  withoutTiles,
} from '../testdata/attacked-log.ts';
import { entryOf, type MemoryLedger, MINUTE, ORIGIN, START, saltOf } from '../testdata/memory-ledger.ts';

let ledger: MemoryLedger;
beforeEach(async () => {
  ledger = await freshLog();
});

describe('an untouched log', () => {
  it('verifies, with tiles, without them, and by its last checkpoint kept elsewhere', async () => {
    const good = { ok: true, size: 300, checkpoints: 3, erased: 0, findings: [], omittedFindings: 0 };
    expect(await verify()).toEqual(good);
    expect(await withoutTiles()).toEqual(good);
    for (const trustedCheckpoint of ledger.checkpoints)
      expect(await verify({ trustedCheckpoint })).toEqual(good);
  });

  it('verifies when it is empty, and when a checkpoint repeats its predecessor', async () => {
    const empty = await verify({ leaves: [], checkpoints: [] });
    expect(empty).toMatchObject({ ok: true, size: 0 });
    const repeated = { ...checkpointOf(lastNote()), time: '2026-11-01T09:00:00.000Z' };
    const checkpoints = [...ledger.checkpoints, signCheckpoint(repeated, ledger.signer)];
    expect(await verify({ checkpoints })).toMatchObject({ ok: true, checkpoints: 4 });
  });

  it('is read as a stream', async () => {
    async function* stream<T>(items: T[]) {
      yield* items;
    }
    const leaves = stream(ledger.leaves);
    expect(await verify({ leaves, checkpoints: stream(ledger.checkpoints) })).toMatchObject({ ok: true });
  });

  it('is not verified with another key', async () => {
    const { verifierKey } = createSigner(ORIGIN, Buffer.alloc(32, 1));
    const { findings } = await verify({ verifierKey });
    expect(findings.filter(({ kind }) => kind === 'bad-signature')).toHaveLength(3);
    await expect(verify({ verifierKey: 'nonsense' })).rejects.toThrow(
      expect.objectContaining({ code: 'ledger-verifier-key-malformed' }),
    );
  });
});

describe('an altered entry is named', () => {
  it('when its row was edited', async () => {
    Object.assign(leafAt(42), { entry: { ...leafAt(42).entry, reason: 'edited' } });
    expect((await withoutTiles()).findings).toMatchObject([{ kind: 'altered', index: 42, entryId: '43' }]);
  });

  it('when null became an empty string', async () => {
    Object.assign(leafAt(42), { entry: { ...leafAt(42).entry, reason: '' } });
    expect((await verify()).findings).toMatchObject([{ kind: 'altered', index: 42, entryId: '43' }]);
  });

  it('when its commitment was rewritten too', async () => {
    forge(42);
    forge(280);
    expect((await verify()).findings).toMatchObject([
      { kind: 'altered', index: 42, entryId: '43' },
      { kind: 'altered', index: 280, entryId: '281' },
    ]);
  });

  it('by the range between two checkpoints when no copy of its commitment is left', async () => {
    forge(42);
    rewriteTile(42);
    const range = { kind: 'altered', index: 20, endIndex: 270 };
    expect((await withoutTiles()).findings).toMatchObject([range]);
    expect((await verify()).findings).toContainEqual(expect.objectContaining(range));
    expect((await verify()).findings).toContainEqual(expect.objectContaining({ kind: 'bad-tile', index: 0 }));
  });

  it('when a row points to another entry', async () => {
    Object.assign(leafAt(42), { entryId: '999' });
    expect((await verify()).findings).toMatchObject([{ kind: 'altered', index: 42, entryId: '999' }]);
  });

  it('when salt, commitment or entry are no longer of their form', async () => {
    Object.assign(leafAt(3), { salt: Buffer.alloc(3) });
    Object.assign(leafAt(4), { commitment: undefined });
    Object.assign(leafAt(5), { entry: { id: '6' } });
    const { findings } = await verify();
    expect(findings.filter(({ kind }) => kind === 'altered').map(({ index }) => index)).toEqual([3, 4, 5]);
  });
});

describe('a deleted entry is named', () => {
  it('when its audit row is gone', async () => {
    Object.assign(leafAt(42), { entry: null, salt: null });
    expect((await verify()).findings).toMatchObject([{ kind: 'missing', index: 42, entryId: '43' }]);
  });

  it('when its leaf is gone', async () => {
    ledger.leaves.splice(42, 1);
    expect((await verify()).findings).toMatchObject([{ kind: 'missing', index: 42 }]);
    expect((await withoutTiles()).findings).toMatchObject([{ kind: 'missing', index: 42, endIndex: 43 }]);
  });

  it.each([0, 42, 269, 298])('when its leaf %i is gone and the rest was renumbered', async (index) => {
    ledger.leaves.splice(index, 1);
    renumber();
    expect((await verify()).findings).toMatchObject([{ kind: 'missing', index }]);
    expect((await withoutTiles()).ok).toBe(false);
  });

  it('when leaves at two places are gone and the rest was renumbered', async () => {
    ledger.leaves.splice(200, 2);
    ledger.leaves.splice(42, 1);
    renumber();
    expect((await verify()).findings.map(({ kind, index }) => [kind, index])).toEqual([
      ['missing', 42],
      ['missing', 200],
      ['missing', 201],
    ]);
  });

  it('even if the next index lies absurdly far away', async () => {
    Object.assign(leafAt(299), { index: 2 ** 52 });
    const { findings } = await verify();
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'missing', index: 299 }));
  });
});

describe('erased details', () => {
  it('are counted, not blamed, if the caller expects erasures', async () => {
    for (const index of [7, 8, 290]) Object.assign(leafAt(index), { entry: null, salt: null });
    expect(await verify({ allowErased: true })).toMatchObject({ ok: true, erased: 3 });
  });

  it('excuse neither half an erasure nor a changed commitment', async () => {
    Object.assign(leafAt(7), { entry: null });
    Object.assign(leafAt(8), { entry: null, salt: null, commitment: Buffer.alloc(32) });
    const { findings } = await verify({ allowErased: true });
    expect(findings).toMatchObject([
      { kind: 'missing', index: 7 },
      { kind: 'altered', index: 8, entryId: '9' },
    ]);
  });
});

describe('a reordered entry is named', () => {
  it.each([
    [42, 43],
    [42, 200],
    [298, 299],
    [0, 299],
  ])('when the leaves %i and %i were swapped', async (one, other) => {
    [ledger.leaves[one], ledger.leaves[other]] = [leafAt(other), leafAt(one)];
    renumber();
    expect((await verify()).findings).toMatchObject([
      { kind: 'reordered', index: one, entryId: String(other + 1) },
      { kind: 'reordered', index: other, entryId: String(one + 1) },
    ]);
    expect((await withoutTiles()).ok).toBe(false);
  });

  it('when only the contents of two rows were swapped', async () => {
    const [one, other] = [leafAt(42), leafAt(50)];
    const [a, b] = [{ ...one }, { ...other }];
    Object.assign(one, { entryId: b.entryId, entry: b.entry, salt: b.salt });
    Object.assign(other, { entryId: a.entryId, entry: a.entry, salt: a.salt });
    expect((await withoutTiles()).findings).toMatchObject([
      { kind: 'reordered', index: 42, entryId: '51' },
      { kind: 'reordered', index: 50, entryId: '43' },
    ]);
  });

  it('when one leaf was moved far and the rest closed up', async () => {
    ledger.leaves.splice(200, 0, ...ledger.leaves.splice(42, 1));
    renumber();
    expect((await verify()).findings).toMatchObject([{ kind: 'reordered', entryId: '43' }]);
  });

  it('when an export lists the leaves in another order', async () => {
    [ledger.leaves[42], ledger.leaves[43]] = [leafAt(43), leafAt(42)];
    expect((await verify()).findings).toContainEqual(
      expect.objectContaining({ kind: 'reordered', entryId: '43' }),
    );
    expect((await withoutTiles()).findings).toContainEqual(
      expect.objectContaining({ kind: 'reordered', entryId: '43' }),
    );
  });

  it('a leaf in place of another names both', async () => {
    Object.assign(leafAt(42), { ...leafAt(44), index: 42 });
    ledger.leaves.splice(44, 1);
    const { findings } = await verify();
    expect(findings).toMatchObject([
      { kind: 'reordered', index: 42, entryId: '45' },
      { kind: 'missing', index: 42 },
    ]);
  });
});

describe('an inserted entry is named', () => {
  it.each([1, 3])('when %i rows were added and the rest renumbered', async (count) => {
    const added = Array.from({ length: count }, (_, at) => {
      const entry = entryOf(1000 + at, START + 15 * MINUTE);
      return {
        index: 0,
        entryId: entry.id,
        entry,
        salt: saltOf(1),
        commitment: commitEntry(entry, saltOf(1)),
      };
    });
    ledger.leaves.splice(42, 0, ...added);
    renumber();
    const expected = added.map(({ entryId }) => ({ kind: 'inserted', index: 42, entryId }));
    expect((await verify()).findings).toMatchObject(expected);
  });

  it('when rows were added behind the last checkpoint', async () => {
    const entry = entryOf(300, START + 31 * MINUTE);
    const salt = saltOf(1);
    ledger.leaves.push({ index: 300, entryId: entry.id, entry, salt, commitment: commitEntry(entry, salt) });
    const { findings } = await verify();
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: 'truncated', index: 300, endIndex: 301 }),
    );
  });
});
