import { beforeEach, describe, expect, it } from 'vitest';
import { signCheckpoint } from '../format/checkpoint.ts';
import { commitEntry } from '../format/entry.ts';
import { EMPTY_ROOT } from '../format/hashes.ts';
import { createSigner } from '../format/note-key.ts';
import {
  checkpointOf,
  forge,
  freshLog,
  lastNote,
  leafAt,
  rewriteTile,
  verify,
  workOn,
} from '../testdata/attacked-log.ts';
import {
  buildLedger,
  entryOf,
  type MemoryLedger,
  MINUTE,
  ORIGIN,
  START,
  saltOf,
} from '../testdata/memory-ledger.ts';

let ledger: MemoryLedger;
beforeEach(async () => {
  ledger = await freshLog();
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
      ledger = workOn(await buildLedger([20, 250, 30], undefined, (leaf, at) => (leaf === 5 ? at + 1 : at)));
      expect((await verify()).ok).toBe(true);
      expect((await verify({ trustedCheckpoint })).findings).toMatchObject([{ kind: 'forked', index }]);
    },
  );

  it('when the other history has no checkpoint of the trusted size', async () => {
    const trustedCheckpoint = ledger.checkpoints[1] ?? '';
    ledger = workOn(await buildLedger([20, 240, 40]));
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
    ledger = workOn(
      await buildLedger([20, 1, 30], undefined, (index, at) => (index === 20 ? at - 15 * MINUTE : at)),
    );
    expect((await verify()).findings).toMatchObject([{ kind: 'back-dated', index: 20, entryId: '21' }]);
    expect((await verify({ toleranceMs: 10 * MINUTE })).ok).toBe(true);
  });

  it('when it was written as later than its own checkpoint', async () => {
    ledger = workOn(
      await buildLedger([20, 1, 30], undefined, (index, at) => (index === 20 ? at + 7 * MINUTE : at)),
    );
    expect((await verify()).findings).toMatchObject([{ kind: 'back-dated', index: 20, entryId: '21' }]);
  });

  it('exactly at the tolerance it is not', async () => {
    const atLimit = (index: number, at: number) => (index === 20 ? at - 14 * MINUTE : at);
    ledger = workOn(await buildLedger([20, 1, 30], undefined, atLimit));
    expect((await verify()).ok).toBe(true);
    ledger = workOn(
      await buildLedger([20, 1, 30], undefined, (index, at) => atLimit(index, at) - (index === 20 ? 1 : 0)),
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
    ledger = workOn(await buildLedger([20, 250, 30]));
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
