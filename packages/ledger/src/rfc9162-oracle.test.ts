import { CoMETRE } from '@transmute/rfc9162';
import { expect, it } from 'vitest';
import { type AppendedTree, appendLeaves, EMPTY_LEDGER } from './appender/append-leaves.ts';
import { consistencyProof, inclusionProof } from './appender/proofs.ts';
import { leafHash, sha256 } from './format/hashes.ts';
import { MemoryTiles } from './testdata/memory-ledger.ts';
import { CompactRange } from './verifier/compact-range.ts';
import { verifyConsistency } from './verifier/verify-consistency.ts';
import { verifyInclusion } from './verifier/verify-inclusion.ts';

const oracle = CoMETRE.RFC9162_SHA256;
const TREES = 1_000;
const BIG_SIZES = [255, 256, 257, 511, 512, 513, 777, 1_025];

it('1,000 random trees: roots, inclusion and consistency proofs equal those of @transmute/rfc9162', async () => {
  const random = generator(20261121);
  for (let tree = 0; tree < TREES; tree += 1) {
    const size = 1 + random(tree % 10 === 0 ? 300 : 48);
    await compareTree(size, tree, random);
  }
}, 300_000);

it.each(BIG_SIZES)('a tree of %i leaves equals that of @transmute/rfc9162', async (size) => {
  await compareTree(size, size, generator(size));
});

async function compareTree(size: number, seed: number, random: (below: number) => number): Promise<void> {
  const commitments = Array.from({ length: size }, (_, at) => sha256(Buffer.from(`${seed}/${at}`)));
  const leaves = await Promise.all(commitments.map((commitment) => oracle.leaf(commitment)));
  const from = 1 + random(size);
  const index = random(size);
  const tiles = new MemoryTiles();
  const old = await append(EMPTY_LEDGER, tiles, commitments.slice(0, from));
  const grown = await append(old, tiles, commitments.slice(from));

  const oldRoot = Buffer.from(await oracle.root(leaves.slice(0, from)));
  const root = Buffer.from(await oracle.root(leaves));
  expect(old.root.equals(oldRoot) && grown.root.equals(root)).toBe(true);
  expect(verifierRoot(commitments).equals(root)).toBe(true);

  const path = await inclusionProof(tiles, index, size);
  const theirs = await oracle.inclusion_proof(index, leaves);
  expect(path).toEqual(theirs.inclusion_path.map((hash) => Buffer.from(hash)));
  const commitment = commitments[index] ?? Buffer.alloc(0);
  expect(verifyInclusion({ commitment, leafIndex: index, size, path, root })).toBe(true);

  const steps = await consistencyProof(tiles, from, size);
  expect(await oraclePath(leaves, from, oldRoot)).toEqual(steps);
  expect(
    verifyConsistency({ fromSize: from, fromRoot: oldRoot, toSize: size, toRoot: root, path: steps }),
  ).toBe(true);
}

/** The oracle always begins with the old root where RFC 9162 leaves it out (size a power of two, or equal sizes). */
async function oraclePath(leaves: Uint8Array[], from: number, oldRoot: Buffer): Promise<Buffer[]> {
  const old = { log_id: '', tree_size: from, leaf_index: 0, inclusion_path: [] };
  const proof = await oracle.consistency_proof(old, leaves);
  const path = proof.consistency_path.map((hash) => Buffer.from(hash));
  const isWholeTree = from === leaves.length || Number.isInteger(Math.log2(from));
  if (isWholeTree) expect(path.shift()?.equals(oldRoot)).toBe(true);
  return path;
}

async function append(
  state: Pick<AppendedTree, 'size' | 'root'> | typeof EMPTY_LEDGER,
  tiles: MemoryTiles,
  commitments: Buffer[],
): Promise<AppendedTree> {
  const appended = await appendLeaves(state, tiles, commitments);
  for (const { level, index, hashes } of appended.tiles) tiles.write(level, index, hashes);
  return appended;
}

function verifierRoot(commitments: readonly Buffer[]): Buffer {
  const range = new CompactRange();
  for (const commitment of commitments) range.append(leafHash(commitment));
  return range.root();
}

/** A small linear congruential generator: the same trees in every run. */
function generator(seed: number): (below: number) => number {
  let state = BigInt(seed);
  return (below) => {
    state = (state * 6364136223846793005n + 1442695040888963407n) % 2n ** 64n;
    return Number((state / 2n ** 33n) % BigInt(below));
  };
}
