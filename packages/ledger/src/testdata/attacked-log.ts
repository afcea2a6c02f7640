/** A log of 300 entries under three checkpoints, and what an attacker does to it. */
import { type Checkpoint, openCheckpoint } from '../format/checkpoint.ts';
import { commitEntry } from '../format/entry.ts';
import { leafHash } from '../format/hashes.ts';
import type { LogLeaf } from '../verifier/leaf-rows.ts';
import { type LogToVerify, verifyLog } from '../verifier/verify-log.ts';
import { buildLedger, entryOf, type MemoryLedger, MINUTE, START, saltOf } from './memory-ledger.ts';

let ledger: MemoryLedger;

/** Builds the log anew; the functions below work on it. */
export async function freshLog(): Promise<MemoryLedger> {
  return workOn(await buildLedger([20, 250, 30]));
}

/** Makes the functions below work on another log. */
export function workOn(other: MemoryLedger): MemoryLedger {
  ledger = other;
  return other;
}

export const verify = (extra: Partial<LogToVerify> = {}) =>
  verifyLog({ ...ledger, verifierKey: ledger.signer.verifierKey, ...extra });
export const withoutTiles = () =>
  verifyLog({
    leaves: ledger.leaves,
    checkpoints: ledger.checkpoints,
    verifierKey: ledger.signer.verifierKey,
  });
export const leafAt = (index: number): LogLeaf => ledger.leaves[index] as LogLeaf; // inside the 300 leaves built above
export const lastNote = () => ledger.checkpoints.at(-1) ?? '';
export const checkpointOf = (note: string): Checkpoint => openCheckpoint(note, ledger.signer.verifierKey);
export const renumber = () => {
  for (const [index, leaf] of ledger.leaves.entries()) Object.assign(leaf, { index });
};
export const forge = (index: number) => {
  const leaf = leafAt(index);
  const entry = { ...entryOf(index, START + 15 * MINUTE), actorId: 'somebody else' };
  Object.assign(leaf, { entry, commitment: commitEntry(entry, leaf.salt ?? saltOf(0)) });
};
export const rewriteTile = (index: number) => {
  const tile = ledger.tiles.tiles.get(`0/${Math.floor(index / 256)}`);
  tile?.set(leafHash(leafAt(index).commitment), (index % 256) * 32);
};
