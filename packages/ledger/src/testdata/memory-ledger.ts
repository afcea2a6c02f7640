import {
  appendLeaves,
  commitEntry,
  createSigner,
  EMPTY_LEDGER,
  type LedgerEntry,
  type LogLeaf,
  type NoteSigner,
  signCheckpoint,
  type TileReader,
} from '../index.ts';

/** Tiles in a map, as a table would hold them. */
export class MemoryTiles implements TileReader {
  readonly tiles = new Map<string, Buffer>();

  async readTile(level: number, index: number): Promise<Buffer | undefined> {
    return this.tiles.get(`${level}/${index}`);
  }

  write(level: number, index: number, hashes: Buffer): void {
    this.tiles.set(`${level}/${index}`, hashes);
  }
}

/** A whole stored ledger that a test may tamper with. */
export interface MemoryLedger {
  leaves: LogLeaf[];
  checkpoints: string[];
  tiles: MemoryTiles;
  signer: NoteSigner;
}

export const ORIGIN = 'careward.example/ledger/test';
export const START = Date.parse('2026-11-01T08:00:00.000Z');
export const MINUTE = 60_000;
const testSigner = (): NoteSigner => createSigner(ORIGIN, Buffer.alloc(32, 7));

/** A salt that only depends on `seed`. */
export function saltOf(seed: number): Buffer {
  const salt = Buffer.alloc(32, 0x5a);
  salt.writeUInt32BE(seed);
  return salt;
}

/** An entry that only depends on `seed`; its time is `at` in epoch milliseconds. */
export function entryOf(seed: number, at: number): LedgerEntry {
  return {
    id: String(seed + 1),
    at: new Date(at).toISOString(),
    clinicId: '0193a000-0000-7000-8000-0000000000c1',
    actorId: seed % 3 === 0 ? null : `0193a000-0000-7000-8000-0000000000a${seed % 10}`,
    actorRole: seed % 3 === 0 ? 'SYSTEM' : 'DOCTOR',
    purpose: seed % 2 === 0 ? 'TREAT' : null,
    requestId: `0193a000-0000-7000-8000-00000000f${String(seed % 1000).padStart(3, '0')}`,
    address: '192.0.2.17',
    agent: '',
    action: 'medical-record.read',
    resourceType: 'medical-record',
    resourceId: `0193a000-0000-7000-8000-0000000000${String(seed % 100).padStart(2, '0')}`,
    patientId: '0193a000-0000-7000-8000-0000000000d4',
    outcome: 'success',
    reason: null,
  };
}

/**
 * A ledger of `batches[i]` entries per checkpoint, checkpoints ten minutes apart. Entries lie a minute before
 * their checkpoint unless `dated` says otherwise.
 */
export async function buildLedger(
  batches: readonly number[],
  signer: NoteSigner = testSigner(),
  dated: (index: number, at: number) => number = (_, at) => at,
): Promise<MemoryLedger> {
  const ledger: MemoryLedger = { leaves: [], checkpoints: [], tiles: new MemoryTiles(), signer };
  let state = EMPTY_LEDGER;
  for (const [number, count] of batches.entries()) {
    const time = START + (number + 1) * 10 * MINUTE;
    const leaves = Array.from({ length: count }, (_, at) =>
      leafOf(state.size + at, dated(state.size + at, time - MINUTE)),
    );
    const appended = await appendLeaves(
      state,
      ledger.tiles,
      leaves.map((leaf) => leaf.commitment),
    );
    for (const { level, index, hashes } of appended.tiles) ledger.tiles.write(level, index, hashes);
    ledger.leaves.push(...leaves);
    const { size, root } = appended;
    ledger.checkpoints.push(
      signCheckpoint({ origin: ORIGIN, size, root, time: new Date(time).toISOString() }, signer),
    );
    state = appended;
  }
  return ledger;
}

function leafOf(index: number, at: number): LogLeaf {
  const entry = entryOf(index, at);
  const salt = saltOf(index);
  return { index, entryId: entry.id, entry, salt, commitment: commitEntry(entry, salt) };
}
