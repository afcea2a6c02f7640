import fc from 'fast-check';
import { expect, it } from 'vitest';
import { commitEntry } from '../format/entry.ts';
import { leafHash } from '../format/hashes.ts';
import { buildLedger, type MemoryLedger, MINUTE, saltOf } from '../testdata/memory-ledger.ts';
import type { FindingKind } from './findings.ts';
import type { LogLeaf } from './leaf-rows.ts';
import { verifyLog } from './verify-log.ts';

interface Expected {
  kind: FindingKind;
  index: number;
  entryId?: string;
}

/** An attack on the stored ledger at two leaves, `one` before `other`; returns what must be named. */
type Attack = (ledger: MemoryLedger, one: number, other: number) => Expected[];

const runs = { numRuns: 60 };
const shapes = fc
  .array(fc.integer({ min: 1, max: 140 }), { minLength: 1, maxLength: 5 })
  .filter((s) => sum(s) > 1);
const leafOf = ({ leaves }: MemoryLedger, index: number): LogLeaf => leaves[index] as LogLeaf; // index is in range

const attacks: Record<string, Attack> = {
  'an edited row': (ledger, one) => {
    const leaf = leafOf(ledger, one);
    Object.assign(leaf, { entry: { ...leaf.entry, agent: 'edited' } });
    return [{ kind: 'altered', index: one, entryId: leaf.entryId }];
  },
  'an edited row with a new commitment': (ledger, one) => {
    rewrite(leafOf(ledger, one));
    return [{ kind: 'altered', index: one, entryId: leafOf(ledger, one).entryId }];
  },
  'a deleted audit row': (ledger, one) => {
    Object.assign(leafOf(ledger, one), { entry: null, salt: null });
    return [{ kind: 'missing', index: one, entryId: leafOf(ledger, one).entryId }];
  },
  'a deleted leaf': (ledger, one, other) => {
    ledger.leaves.splice(Math.min(one, other), 1);
    return [{ kind: 'missing', index: Math.min(one, other) }];
  },
  'a deleted leaf, the rest renumbered': (ledger, one, other) => {
    ledger.leaves.splice(Math.min(one, other), 1);
    renumber(ledger);
    return [{ kind: 'missing', index: Math.min(one, other) }];
  },
  'two swapped leaves': (ledger, one, other) => {
    const [a, b] = [leafOf(ledger, one), leafOf(ledger, other)];
    [ledger.leaves[one], ledger.leaves[other]] = [b, a];
    renumber(ledger);
    return [
      { kind: 'reordered', index: one, entryId: b.entryId },
      { kind: 'reordered', index: other, entryId: a.entryId },
    ];
  },
  'two swapped contents': (ledger, one, other) => {
    const [a, b] = [{ ...leafOf(ledger, one) }, { ...leafOf(ledger, other) }];
    Object.assign(leafOf(ledger, one), { ...b, index: one, commitment: a.commitment });
    Object.assign(leafOf(ledger, other), { ...a, index: other, commitment: b.commitment });
    return [
      { kind: 'reordered', index: one, entryId: b.entryId },
      { kind: 'reordered', index: other, entryId: a.entryId },
    ];
  },
  'a truncated log': (ledger, one, other) => {
    ledger.leaves.length = Math.max(one, other);
    return [{ kind: 'truncated', index: Math.max(one, other) }];
  },
};

it.each(Object.entries(attacks))(
  '%s is named, wherever it happens, and nothing else is',
  async (_, attack) => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(), fc.nat(), async (batches, a, b) => {
        const ledger = await buildLedger(batches);
        const [one, other] = twoLeaves(sum(batches), a, b);
        const expected = attack(ledger, one, other);
        const { ok, findings } = await verifyLog({ ...ledger, verifierKey: ledger.signer.verifierKey });
        expect(ok).toBe(false);
        expect(findings).toHaveLength(expected.length);
        for (const one of expected) expect(findings).toContainEqual(expect.objectContaining(one));
      }),
      runs,
    );
  },
  120_000,
);

it('an entry whose every stored copy was rewritten is located between two checkpoints', async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat(), async (batches, a) => {
      const ledger = await buildLedger(batches);
      const index = a % sum(batches);
      rewrite(leafOf(ledger, index));
      const tile = ledger.tiles.tiles.get(`0/${Math.floor(index / 256)}`);
      tile?.set(leafHash(leafOf(ledger, index).commitment), (index % 256) * 32);
      const { findings } = await verifyLog({ ...ledger, verifierKey: ledger.signer.verifierKey });
      expect(findings).toContainEqual(
        expect.objectContaining({ kind: 'altered', ...rangeOf(batches, index) }),
      );
    }),
    runs,
  );
}, 120_000);

it('an entry written with a time before the previous or after its own checkpoint is named', async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.nat(),
      fc.boolean(),
      fc.integer({ min: 1 }),
      async (batches, a, isLate, beyond) => {
        const index = a % sum(batches);
        const hasPrevious = rangeOf(batches, index).index > 0;
        const shift =
          isLate || !hasPrevious ? 6 * MINUTE + (beyond % MINUTE) : -(14 * MINUTE + (beyond % MINUTE) + 1);
        const ledger = await buildLedger(batches, undefined, (at, time) =>
          at === index ? time + shift + 1 : time,
        );
        const { findings } = await verifyLog({ ...ledger, verifierKey: ledger.signer.verifierKey });
        const isBeyond = isLate || !hasPrevious || shift + 1 < -14 * MINUTE;
        const entryId = String(index + 1);
        expect(findings).toMatchObject(isBeyond ? [{ kind: 'back-dated', index, entryId }] : []);
      },
    ),
    runs,
  );
}, 120_000);

it('any byte changed in any checkpoint is found', async () => {
  const ledger = await buildLedger([3, 4]);
  const note = Buffer.from(ledger.checkpoints[1] ?? '', 'utf8');
  for (let at = 0; at < note.length; at += 1) {
    const changed = Buffer.from(note);
    changed[at] = note[at] === 0x41 ? 0x42 : 0x41;
    const checkpoints = [ledger.checkpoints[0] ?? '', changed.toString('utf8')];
    const { findings } = await verifyLog({ ...ledger, checkpoints, verifierKey: ledger.signer.verifierKey });
    expect(findings.map(({ kind }) => kind).sort()).toEqual(['bad-signature', 'truncated']);
  }
});

function rewrite(leaf: LogLeaf): void {
  const entry = leaf.entry && { ...leaf.entry, actorRole: 'NURSE' };
  if (entry) Object.assign(leaf, { entry, salt: saltOf(9), commitment: commitEntry(entry, saltOf(9)) });
}

function renumber({ leaves }: MemoryLedger): void {
  for (const [index, leaf] of leaves.entries()) Object.assign(leaf, { index });
}

/** Two different leaves; the first is never the last leaf, whose deletion is a truncation. */
function twoLeaves(size: number, a: number, b: number): [number, number] {
  const one = a % size;
  return [one, (one + 1 + (b % (size - 1))) % size];
}

/** The leaves between the two checkpoints around `index`. */
function rangeOf(batches: readonly number[], index: number): { index: number; endIndex: number } {
  let end = 0;
  for (const batch of batches) {
    end += batch;
    if (index < end) return { index: end - batch, endIndex: end };
  }
  return { index: end, endIndex: end };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
