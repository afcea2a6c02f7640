/**
 * What the ledger adds to an audit entry: its commitment and its place in the tree, what it takes to verify it, and how fast a
 * stored log is sequenced and verified. The measure in memory is the least that any Merkle log hashes for a leaf.
 */
import { hash, randomBytes } from 'node:crypto';
import {
  type AppendedTree,
  appendLeaves,
  commitEntry,
  EMPTY_LEDGER,
  encodeEntry,
  inclusionProof,
  verifyInclusion,
} from '@careward/ledger';
import { openTestLedger, settle, writeEntries } from '../../apps/server/test-harness/ledger.ts';
import {
  elapsedMicros,
  measureSideBySide,
  printCosts,
  processorMicros,
  type Subject,
} from '../harness/measure.ts';
import { servicesAbsent } from '../harness/services.ts';
import { heldTiles, measuredEntry, memoryLog, verifyInMemory } from './measured-log.ts';

const ROUNDS = 9;
const BATCH = 4_096;
const STORED_BATCH = 2_000;

const entries = Array.from({ length: BATCH }, measuredEntry);
const salt = randomBytes(32);
const commitments = entries.map((entry) => commitEntry(entry, salt));
const tree = await appendLeaves(EMPTY_LEDGER, heldTiles([]), commitments);
const tiles = heldTiles(tree.tiles);
const path = await inclusionProof(tiles, 1_234, BATCH);

const encoded = entries.map((entry) => encodeEntry(entry));
const log = memoryLog(entries, salt, tree);

const inMemory: Subject[] = [
  inBatches('SHA-256 of entry, leaf and one node', 1, () => encoded.forEach(hashThrice)),
  inBatches('append: commitment and place in the tree', 4.5, append),
  inBatches('verify a log: entry, leaf and signed root', 7.5, () => verifyInMemory(log)),
  inBatches('verify an inclusion proof of 12 hashes', 6.5, () => commitments.forEach(verifyPath)),
];
printCosts('In memory, processor time an entry', await measureSideBySide(inMemory, ROUNDS), {
  unit: 'entries/s',
  perOperation: 1,
});

await measureStored('embedded');
const absent = await servicesAbsent();
if (absent === undefined) await measureStored('postgres');
else console.log(`  stored on Postgres ${absent}\n`);

/** Writing is what every request does anyway and is the measure; sequencing and verifying are what the ledger adds. */
async function measureStored(kind: 'embedded' | 'postgres'): Promise<void> {
  const ledger = await openTestLedger(kind);
  const { database } = ledger.test;
  let size = 0;
  const subjects: Subject[] = [
    {
      name: 'write entries, many in a transaction',
      round: () => elapsedMicros(STORED_BATCH, () => writeEntries(database, STORED_BATCH)),
    },
    {
      name: 'append: read, commit, place, sign, store',
      budget: 1.5,
      round: async () => {
        const before = size;
        await writeEntries(database, STORED_BATCH);
        const startedAt = performance.now();
        size = await settle(ledger.sequencer);
        return ((performance.now() - startedAt) * 1_000) / (size - before);
      },
    },
    {
      name: 'verify the whole log',
      budget: 1.5,
      round: async () => {
        size = await settle(ledger.sequencer);
        return await elapsedMicros(size, async () => {
          if (!(await ledger.verify()).ok) throw new Error('the measured log does not verify');
        });
      },
    },
  ];
  try {
    const costs = await measureSideBySide(subjects, 5);
    printCosts(`Stored (${kind}), elapsed time an entry`, costs, { unit: 'entries/s', perOperation: 1 });
  } finally {
    await ledger.close();
  }
}

function inBatches(name: string, budget: number, work: () => unknown): Subject {
  return { name, budget, round: () => processorMicros(BATCH, work) };
}

function hashThrice(bytes: Buffer): void {
  sha256(sha256(sha256(bytes)));
}

function verifyPath(): void {
  verifyInclusion({
    commitment: commitments[1_234] ?? salt,
    leafIndex: 1_234,
    size: BATCH,
    path,
    root: tree.root,
  });
}

async function append(): Promise<AppendedTree> {
  return await appendLeaves(
    tree,
    tiles,
    entries.map((entry) => commitEntry(entry, salt)),
  );
}

function sha256(bytes: Buffer): Buffer {
  return hash('sha256', bytes, 'buffer');
}
