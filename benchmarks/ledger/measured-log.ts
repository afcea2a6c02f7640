/** A log in memory, to be verified without a database. */
import { newId } from '@careward/kernel';
import {
  type AppendedTree,
  commitEntry,
  createSigner,
  type LedgerEntry,
  type LogToVerify,
  signCheckpoint,
  type Tile,
  type TileReader,
  verifyLog,
} from '@careward/ledger';

const AT = '2026-03-01T09:00:00.000Z';
const signer = createSigner('careward.bench/ledger', Buffer.alloc(32, 7));

/** An entry of the usual length: a doctor reads a patient. */
export function measuredEntry(): LedgerEntry {
  return {
    id: newId(),
    at: AT,
    clinicId: newId(),
    actorId: newId(),
    actorRole: 'DOCTOR',
    purpose: 'TREAT',
    requestId: newId(),
    address: '203.0.113.9',
    agent:
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
    action: 'patient.read',
    resourceType: 'patient',
    resourceId: newId(),
    patientId: newId(),
    outcome: 'success',
    reason: null,
  };
}

/** Tiles held in memory. */
export function heldTiles(tiles: readonly Tile[]): TileReader {
  const held = new Map(tiles.map(({ level, index, hashes }) => [`${level}/${index}`, Buffer.from(hashes)]));
  return { readTile: async (level, index) => held.get(`${level}/${index}`) };
}

/** The log of a tree under one signed checkpoint. */
export function memoryLog(entries: readonly LedgerEntry[], salt: Buffer, tree: AppendedTree): LogToVerify {
  const { size, root } = tree;
  const note = signCheckpoint({ origin: signer.name, size, root, time: AT }, signer);
  const leaves = entries.map((entry, index) => {
    return { index, entryId: entry.id, commitment: commitEntry(entry, salt), entry, salt };
  });
  return { leaves, checkpoints: [note], verifierKey: signer.verifierKey };
}

/** Verifies a log, and refuses to be measured when it does not verify. */
export async function verifyInMemory(log: LogToVerify): Promise<void> {
  const { ok, findings } = await verifyLog(log);
  if (!ok) throw new Error(`the measured log does not verify: ${findings[0]?.message}`);
}
