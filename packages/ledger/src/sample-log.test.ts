import { expect, it } from 'vitest';
import { openCheckpoint, type TileReader, verifyConsistency, verifyLog, verifyProofFile } from './index.ts';
import { readSampleLog } from './testdata/read-testdata.ts';

const sample = readSampleLog();
const bytes = (text: string) => Buffer.from(text, 'base64');
const tiles: TileReader = {
  readTile: async (level, index) => {
    const tile = sample.tiles.find((stored) => stored.level === level && stored.index === index);
    return tile && bytes(tile.hashes);
  },
};

/** If one of these fails, the format was changed under logs that exist: write a new version beside it instead. */
it('the frozen sample log verifies for ever', async () => {
  const { verifierKey, checkpoints } = sample;
  const leaves = sample.leaves.map((leaf) => ({
    ...leaf,
    commitment: bytes(leaf.commitment),
    salt: bytes(leaf.salt),
  }));
  for (const trustedCheckpoint of checkpoints) {
    const report = await verifyLog({ leaves, checkpoints, verifierKey, tiles, trustedCheckpoint });
    expect(report).toEqual({
      ok: true,
      size: 20,
      checkpoints: 3,
      erased: 0,
      findings: [],
      omittedFindings: 0,
    });
  }
});

it.each(sample.proofs)('the frozen proof of leaf $leafIndex verifies for ever', (proof) => {
  const verdict = verifyProofFile(proof, sample.verifierKey);
  expect(verdict).toMatchObject({ proved: true, entry: proof.entry, leafIndex: proof.leafIndex });
});

it('the frozen consistency proof verifies for ever', () => {
  const [old, , last] = sample.checkpoints.map((note) => openCheckpoint(note, sample.verifierKey));
  const path = sample.consistency.path.map(bytes);
  if (!old || !last) throw new Error('the sample log lost its checkpoints');
  const claim = { fromSize: old.size, fromRoot: old.root, toSize: last.size, toRoot: last.root, path };
  expect([old.size, last.size]).toEqual([sample.consistency.from, sample.consistency.to]);
  expect(verifyConsistency(claim)).toBe(true);
});
