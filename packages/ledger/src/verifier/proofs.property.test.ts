import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { consistencyProof, inclusionProof } from '../appender/proofs.ts';
import { openCheckpoint } from '../format/checkpoint.ts';
import { EMPTY_ROOT, leafHash } from '../format/hashes.ts';
import { createSigner } from '../format/note-key.ts';
import { createProofFile } from '../format/proof-file.ts';
import { buildLedger, type MemoryLedger } from '../testdata/memory-ledger.ts';
import type { LogLeaf } from './leaf-rows.ts';
import { verifyConsistency } from './verify-consistency.ts';
import { verifyInclusion } from './verify-inclusion.ts';
import { verifyProofFile } from './verify-proof-file.ts';

const SIZE = 300;
let ledger: MemoryLedger;
let root: Buffer;
beforeAll(async () => {
  ledger = await buildLedger(Array(SIZE).fill(1));
  root = rootAt(SIZE);
});

const leafAt = (index: number): LogLeaf => ledger.leaves[index] as LogLeaf; // inside the leaves built above
const noteAt = (size: number) => ledger.checkpoints[size - 1] ?? '';
const rootAt = (size: number) => openCheckpoint(noteAt(size), ledger.signer.verifierKey).root;
const hashes = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 70 });
const odd = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(2 ** 53, -1, 0, Number.NaN, Infinity));

describe('inclusion', () => {
  it('is proved for its own index, size, commitment, root and path, and for no other', async () => {
    const indexes = fc.nat(SIZE - 1);
    const property = fc.asyncProperty(indexes, indexes, fc.nat(), async (leafIndex, other, noise) => {
      const path = await inclusionProof(ledger.tiles, leafIndex, SIZE);
      const claim = { commitment: leafAt(leafIndex).commitment, leafIndex, size: SIZE, path, root };
      expect(verifyInclusion(claim)).toBe(true);
      const flipped = path.map((hash, at) => (at === noise % path.length ? flip(hash, noise) : hash));
      const wrong = [
        { path: flipped },
        { path: path.slice(1) },
        { path: path.slice(0, -1) },
        { path: [...path, root] },
        { path: [root, ...path] },
        { path: path.map((hash) => hash.subarray(1)) },
        { size: leafIndex },
        { size: 1_025 },
        { root: flip(root, noise) },
        { root: root.subarray(1) },
        { commitment: flip(claim.commitment, noise) },
        { commitment: claim.commitment.subarray(1) },
        ...(other === leafIndex ? [] : [{ leafIndex: other }, { commitment: leafAt(other).commitment }]),
      ];
      for (const change of wrong) expect(verifyInclusion({ ...claim, ...change })).toBe(false);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('a path longer than the tree is refused, although its hashes lead to the root', async () => {
    const path = await inclusionProof(ledger.tiles, 255, 256);
    const claim = { commitment: leafAt(255).commitment, path, root: rootAt(256) };
    expect(verifyInclusion({ ...claim, leafIndex: 255, size: 256 })).toBe(true);
    expect(verifyInclusion({ ...claim, leafIndex: 0, size: 1 })).toBe(false);
  });

  it('an inner node never passes for a leaf', async () => {
    const path = await inclusionProof(ledger.tiles, 0, SIZE);
    const [sibling, ...rest] = path;
    const commitment = sibling ?? root;
    expect(verifyInclusion({ commitment, leafIndex: 0, size: SIZE / 2, path: rest, root })).toBe(false);
  });

  it('never throws', () => {
    const property = fc.property(fc.uint8Array(), odd, odd, hashes, (commitment, leafIndex, size, path) => {
      expect(verifyInclusion({ commitment, leafIndex, size, path, root })).toBe(false);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

describe('consistency', () => {
  it('with the empty tree proves nothing, whatever its root is said to be', async () => {
    const fromRoot = leafHash(leafAt(0).commitment);
    const path = [fromRoot, ...(await inclusionProof(ledger.tiles, 0, SIZE))];
    const claim = { fromSize: 0, toSize: SIZE, toRoot: root };
    expect(verifyConsistency({ ...claim, fromRoot, path })).toBe(false);
    expect(verifyConsistency({ ...claim, fromRoot: EMPTY_ROOT, path: [] })).toBe(false);
  });

  it('by a path longer than the trees is refused, although its hashes lead to both roots', async () => {
    const path = await consistencyProof(ledger.tiles, 259, 261);
    const claim = { fromRoot: rootAt(259), toRoot: rootAt(261), path };
    expect(verifyConsistency({ ...claim, fromSize: 259, toSize: 261 })).toBe(true);
    expect(verifyConsistency({ ...claim, fromSize: 3, toSize: 5 })).toBe(false);
  });

  it('is proved between the true roots of the true sizes, and between no others', async () => {
    const sizes = fc.tuple(fc.integer({ min: 1, max: SIZE }), fc.integer({ min: 1, max: SIZE }));
    const property = fc.asyncProperty(sizes, fc.nat(), async (pair, noise) => {
      const [fromSize, toSize] = [Math.min(...pair), Math.max(...pair)];
      const path = await consistencyProof(ledger.tiles, fromSize, toSize);
      const claim = { fromSize, fromRoot: rootAt(fromSize), toSize, toRoot: rootAt(toSize), path };
      expect(verifyConsistency(claim)).toBe(true);
      const flipped = path.map((hash, at) => (at === noise % path.length ? flip(hash, noise) : hash));
      const wrong = [
        { fromRoot: flip(claim.fromRoot, noise) },
        { toRoot: flip(claim.toRoot, noise) },
        { path: [...path, root] },
        { path: [root, ...path] },
        { fromSize: 0 },
        { fromSize: toSize + 1 },
        ...(path.length === 0
          ? []
          : [{ path: flipped }, { path: path.slice(1) }, { path: path.slice(0, -1) }]),
      ];
      for (const change of wrong) expect(verifyConsistency({ ...claim, ...change })).toBe(false);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('never throws', () => {
    const property = fc.property(fc.uint8Array(), odd, odd, hashes, (fromRoot, fromSize, toSize, path) => {
      expect(verifyConsistency({ fromSize, fromRoot, toSize, toRoot: root, path })).toBe(false);
    });
    fc.assert(property, { numRuns: 500 });
  });
});

describe('a proof file', () => {
  const proofOf = async (leafIndex: number) => {
    const { entry, salt } = leafAt(leafIndex);
    const path = await inclusionProof(ledger.tiles, leafIndex, SIZE);
    return createProofFile({ entry, salt, leafIndex, path, checkpoint: noteAt(SIZE) } as never); // entry and salt are set
  };
  const judge = (file: unknown) => verifyProofFile(file, ledger.signer.verifierKey);

  it('proves its entry, as text and as JSON', async () => {
    const file = await proofOf(123);
    const proved = { proved: true, entry: leafAt(123).entry, leafIndex: 123, checkpoint: { size: SIZE } };
    expect(judge(file)).toMatchObject(proved);
    expect(judge(JSON.stringify(file))).toMatchObject(proved);
  });

  it.each([
    ['another reason', 'not-included', { entry: { reason: 'emergency' } }],
    ['an empty text for null', 'not-included', { entry: { reason: '' } }],
    ['another index', 'not-included', { leafIndex: 122 }],
    ['an index beyond the tree', 'not-included', { leafIndex: SIZE }],
    ['another salt', 'not-included', { salt: Buffer.alloc(32).toString('base64') }],
    ['an empty path', 'not-included', { path: [] }],
    ['a short hash', 'malformed', { path: ['AAAA'] }],
    ['a short salt', 'malformed', { salt: 'AAAA' }],
    ['a member too many', 'malformed', { note: 'verified' }],
    ['a field too many in the entry', 'malformed', { entry: { approvedBy: 'me' } }],
    ['a time of another form', 'malformed', { entry: { at: 'yesterday' } }],
    ['another format', 'malformed', { format: 'careward-inclusion-proof-v2' }],
    ['no checkpoint', 'bad-signature', { checkpoint: '' }],
  ])('with %s proves nothing', async (_, problem, change: Record<string, unknown>) => {
    const file = await proofOf(123);
    const entry = { ...file.entry, ...(change.entry as object | undefined) };
    expect(judge({ ...file, ...change, entry })).toMatchObject({ proved: false, problem });
  });

  it('does not prove an entry that claims a time after its checkpoint', async () => {
    const late = await buildLedger([1], undefined, (_, at) => at + 3_600_000);
    const { entry, salt } = late.leaves[0] as LogLeaf; // one leaf was built
    const file = createProofFile({
      entry,
      salt,
      leafIndex: 0,
      path: [],
      checkpoint: late.checkpoints[0],
    } as never); // all set
    expect(judge(file)).toMatchObject({ proved: false, problem: 'wrong-time' });
  });

  it('of another ledger proves nothing, and a bad key is an error', async () => {
    const file = await proofOf(1);
    const { verifierKey } = createSigner('x', Buffer.alloc(32, 3));
    expect(verifyProofFile(file, verifierKey)).toMatchObject({ proved: false, problem: 'bad-signature' });
    const code = expect.objectContaining({ code: 'ledger-verifier-key-malformed' });
    expect(() => verifyProofFile(file, 'nonsense')).toThrow(code);
  });

  it('of any content gives a verdict and never throws', async () => {
    const file = await proofOf(5);
    const members = fc.constantFrom(...Object.keys(file));
    const anything = fc.oneof(fc.anything(), fc.string(), fc.jsonValue(), fc.json());
    const damaged = fc.tuple(members, anything).map(([member, value]) => ({ ...file, [member]: value }));
    const property = fc.property(fc.oneof(anything, damaged), (input) => {
      expect(judge(input).proved).toBe(false);
    });
    fc.assert(property, { numRuns: 2_000 });
  });

  it('with any one character changed proves nothing, or the same', async () => {
    const text = JSON.stringify(await proofOf(5));
    const property = fc.property(
      fc.nat(text.length - 1),
      fc.string({ minLength: 1, maxLength: 1 }),
      (at, character) => {
        const verdict = judge(text.slice(0, at) + character + text.slice(at + 1));
        if (verdict.proved) expect(verdict.entry).toEqual(leafAt(5).entry);
      },
    );
    fc.assert(property, { numRuns: 1_000 });
  });
});

function flip(bytes: Uint8Array, noise: number): Buffer {
  const flipped = Buffer.from(bytes);
  const at = noise % flipped.length;
  flipped[at] = ((flipped[at] ?? 0) + 1 + (noise % 255)) % 256;
  return flipped;
}
