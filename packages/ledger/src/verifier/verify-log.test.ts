import { beforeEach, describe, expect, it } from 'vitest';
import { type Checkpoint, openCheckpoint, signCheckpoint } from '../format/checkpoint.ts';
import { commitEntry } from '../format/entry.ts';
import { EMPTY_ROOT, leafHash } from '../format/hashes.ts';
import { createSigner } from '../format/note-key.ts';
import {
  buildLedger,
  entryOf,
  type MemoryLedger,
  MINUTE,
  ORIGIN,
  START,
  saltOf,
} from '../testdata/memory-ledger.ts';
import type { LogLeaf } from './leaf-rows.ts';
import { type LogToVerify, verifyLog } from './verify-log.ts';

let ledger: MemoryLedger;
beforeEach(async () => {
  ledger = await buildLedger([20, 250, 30]);
});

const verify = (extra: Partial<LogToVerify> = {}) =>
  verifyLog({ ...ledger, verifierKey: ledger.signer.verifierKey, ...extra });
const withoutTiles = () =>
  verifyLog({
    leaves: ledger.leaves,
    checkpoints: ledger.checkpoints,
    verifierKey: ledger.signer.verifierKey,
  });
const leafAt = (index: number): LogLeaf => ledger.leaves[index] as LogLeaf; // inside the 300 leaves built above
const lastNote = () => ledger.checkpoints.at(-1) ?? '';
const checkpointOf = (note: string): Checkpoint => openCheckpoint(note, ledger.signer.verifierKey);
const renumber = () => {
  for (const [index, leaf] of ledger.leaves.entries()) Object.assign(leaf, { index });
};
const forge = (index: number) => {
  const leaf = leafAt(index);
  const entry = { ...entryOf(index, START + 15 * MINUTE), actorId: 'somebody else' };
  Object.assign(leaf, { entry, commitment: commitEntry(entry, leaf.salt ?? saltOf(0)) });
};
const rewriteTile = (index: number) => {
  const tile = ledger.tiles.tiles.get(`0/${Math.floor(index / 256)}`);
  tile?.set(leafHash(leafAt(index).commitment), (index % 256) * 32);
};

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

describe('a truncated log is found', () => {
  it('when leaves are gone', async () => {
    ledger.leaves.length = 290;
    expect((await verify()).findings).toMatchObject([{ kind: 'truncated', index: 290, endIndex: 300 }]);
  });

  it('when checkpoints are gone', async () => {
    const checkpoints = ledger.checkpoints.slice(0, 2);
    expect((await verify({ checkpoints })).findings).toMatchObject([
      { kind: 'truncated', index: 270, endIndex: 300 },
    ]);
    expect((await verify({ checkpoints: [] })).findings).toMatchObject([{ kind: 'truncated', index: 0 }]);
  });

  it('when leaves and checkpoints are gone, by a checkpoint kept elsewhere', async () => {
    const cut = { leaves: ledger.leaves.slice(0, 270), checkpoints: ledger.checkpoints.slice(0, 2) };
    expect((await verify(cut)).ok).toBe(true);
    const { findings } = await verify({ ...cut, trustedCheckpoint: lastNote() });
    expect(findings).toMatchObject([{ kind: 'truncated', index: 270, endIndex: 300 }]);
    const wiped = await verify({ leaves: [], checkpoints: [], trustedCheckpoint: lastNote() });
    expect(wiped.findings).toMatchObject([{ kind: 'truncated', index: 0, endIndex: 300 }]);
  });
});

describe('a fork is found', () => {
  it.each([0, 1, 2])(
    'when the holder of the key signed another history, by checkpoint %i kept elsewhere',
    async (kept) => {
      const trustedCheckpoint = ledger.checkpoints[kept] ?? '';
      const index = checkpointOf(trustedCheckpoint).size;
      ledger = await buildLedger([20, 250, 30], undefined, (leaf, at) => (leaf === 5 ? at + 1 : at));
      expect((await verify()).ok).toBe(true);
      expect((await verify({ trustedCheckpoint })).findings).toMatchObject([{ kind: 'forked', index }]);
    },
  );

  it('when the other history has no checkpoint of the trusted size', async () => {
    const trustedCheckpoint = ledger.checkpoints[1] ?? '';
    ledger = await buildLedger([20, 240, 40]);
    expect((await verify()).ok).toBe(true);
    expect((await verify({ trustedCheckpoint })).findings).toMatchObject([{ kind: 'forked', index: 270 }]);
  });

  it('when a signed checkpoint between two others is of another history', async () => {
    const other = { ...checkpointOf(ledger.checkpoints[1] ?? ''), root: EMPTY_ROOT };
    ledger.checkpoints[1] = signCheckpoint(other, ledger.signer);
    expect((await verify()).findings).toMatchObject([{ kind: 'forked', index: 270 }]);
  });

  it('when two signed checkpoints of one size differ, or the size goes back', async () => {
    const last = checkpointOf(lastNote());
    const twin = signCheckpoint({ ...last, root: EMPTY_ROOT }, ledger.signer);
    const smaller = signCheckpoint({ ...last, size: 299 }, ledger.signer);
    for (const added of [twin, smaller]) {
      const { findings } = await verify({ checkpoints: [...ledger.checkpoints, added] });
      expect(findings).toMatchObject([{ kind: 'forked' }]);
    }
  });
});

describe('a forged checkpoint is found', () => {
  it.each([0, 1, 2])('at position %i', async (position) => {
    const other = createSigner(ORIGIN, Buffer.alloc(32, 66));
    const forged = signCheckpoint(checkpointOf(ledger.checkpoints[position] ?? ''), other);
    ledger.checkpoints[position] = forged;
    const { findings } = await verify();
    expect(findings).toContainEqual(expect.objectContaining({ kind: 'bad-signature', index: position }));
  });

  it('when it is no checkpoint at all, and when the trusted one is not genuine', async () => {
    const { findings } = await verify({ checkpoints: [...ledger.checkpoints, 'nonsense'] });
    expect(findings).toMatchObject([{ kind: 'bad-signature', index: 3 }]);
    const untrusted = await verify({ trustedCheckpoint: 'nonsense' });
    expect(untrusted.findings).toMatchObject([{ kind: 'bad-signature' }]);
  });

  it('when it covers a rewritten history, which it cannot vouch for', async () => {
    forge(299);
    rewriteTile(299);
    const impostor = createSigner(ORIGIN, Buffer.alloc(32, 66));
    ledger.checkpoints[2] = signCheckpoint(checkpointOf(lastNote()), impostor);
    const { findings } = await verify();
    expect(findings.map(({ kind }) => kind).sort()).toEqual(['bad-signature', 'truncated']);
  });
});

describe('a back-dated entry is named', () => {
  const appendDated = async (at: number) => {
    const entry = entryOf(2, at);
    const salt = saltOf(2);
    Object.assign(leafAt(2), { entry, salt, commitment: commitEntry(entry, salt) });
  };

  it('when it was written as older than the checkpoint before it', async () => {
    ledger = await buildLedger([20, 1, 30], undefined, (index, at) => (index === 20 ? at - 15 * MINUTE : at));
    expect((await verify()).findings).toMatchObject([{ kind: 'back-dated', index: 20, entryId: '21' }]);
    expect((await verify({ toleranceMs: 10 * MINUTE })).ok).toBe(true);
  });

  it('when it was written as later than its own checkpoint', async () => {
    ledger = await buildLedger([20, 1, 30], undefined, (index, at) => (index === 20 ? at + 7 * MINUTE : at));
    expect((await verify()).findings).toMatchObject([{ kind: 'back-dated', index: 20, entryId: '21' }]);
  });

  it('exactly at the tolerance it is not', async () => {
    const atLimit = (index: number, at: number) => (index === 20 ? at - 14 * MINUTE : at);
    ledger = await buildLedger([20, 1, 30], undefined, atLimit);
    expect((await verify()).ok).toBe(true);
    ledger = await buildLedger(
      [20, 1, 30],
      undefined,
      (index, at) => atLimit(index, at) - (index === 20 ? 1 : 0),
    );
    expect((await verify()).ok).toBe(false);
  });

  it('when its stored time was changed afterwards', async () => {
    await appendDated(START - 60 * MINUTE);
    expect((await verify()).findings).toMatchObject([{ kind: 'altered', index: 2, entryId: '3' }]);
  });

  it('and so is a checkpoint dated before its predecessor', async () => {
    const early = { ...checkpointOf(lastNote()), time: '2026-11-01T08:00:00.000Z' };
    ledger.checkpoints[2] = signCheckpoint(early, ledger.signer);
    const { findings } = await verify();
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: 'back-dated', index: 270, endIndex: 300 }),
    );
  });
});

describe('a damaged tile is found and no entry blamed for it', () => {
  it.each([
    ['0/0', 40],
    ['0/1', 3],
    ['1/0', 0],
  ])('tile %s, hash %i', async (name, position) => {
    ledger.tiles.tiles.get(name)?.fill(0, position * 32, position * 32 + 32);
    const { ok, findings } = await verify();
    expect(ok).toBe(false);
    expect(new Set(findings.map(({ kind }) => kind))).toEqual(new Set(['bad-tile']));
  });

  it.each(['0/0', '0/1', '1/0'])('tile %s gone', async (name) => {
    ledger.tiles.tiles.delete(name);
    const index = name === '0/1' ? 256 : 0;
    expect((await verify()).findings).toMatchObject([{ kind: 'bad-tile', index, endIndex: index + 256 }]);
  });

  it('tile 0/1 cut short', async () => {
    const cut = ledger.tiles.tiles.get('0/1')?.subarray(0, 10 * 32) ?? Buffer.alloc(0);
    ledger.tiles.write(0, 1, cut);
    expect((await verify()).findings).toMatchObject([{ kind: 'bad-tile', index: 256, endIndex: 512 }]);
  });

  it('nor for one before or behind an entry that was altered', async () => {
    forge(5);
    ledger.tiles.tiles.get('0/1')?.fill(0, 43 * 32, 44 * 32);
    const altered = (await verify()).findings.filter(({ kind }) => kind !== 'bad-tile');
    expect(altered).toMatchObject([{ kind: 'altered', index: 5, entryId: '6' }]);
    ledger = await buildLedger([20, 250, 30]);
    ledger.tiles.tiles.get('0/0')?.fill(0, 5 * 32, 6 * 32);
    forge(299);
    const later = (await verify()).findings.filter(({ kind }) => kind !== 'bad-tile');
    expect(later).toMatchObject([{ kind: 'altered', index: 299, entryId: '300' }]);
  });
});

it('a ruined log gives a bounded report', async () => {
  for (const leaf of ledger.leaves) Object.assign(leaf, { commitment: Buffer.alloc(32), entry: null });
  const { findings, omittedFindings, ok } = await verify({ maxFindings: 10 });
  expect(ok).toBe(false);
  expect(findings).toHaveLength(10);
  expect(omittedFindings).toBeGreaterThan(500);
});

it('a broken source is an exception, never a finding', async () => {
  const tiles = { readTile: () => Promise.reject(new Error('disk gone')) };
  await expect(verify({ tiles })).rejects.toThrow('disk gone');
});
