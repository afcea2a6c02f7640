import { readFileSync } from 'node:fs';
import type { LedgerEntry, ProofFile } from '../index.ts';

/** The frozen sample ledger; bytes in base64. */
export interface SampleLog {
  verifierKey: string;
  leaves: { index: number; entryId: string; commitment: string; entry: LedgerEntry; salt: string }[];
  checkpoints: string[];
  tiles: { level: number; index: number; hashes: string }[];
  consistency: { from: number; to: number; path: string[] };
  proofs: ProofFile[];
}

/** The frozen known answers of the formats; bytes in base64, seeds in hex. */
export interface KnownAnswers {
  notes: { name: string; seed: string; verifierKey: string; text: string; note: string }[];
  checkpoints: { origin: string; size: number; root: string; time: string; note: string }[];
  entries: { entry: LedgerEntry; salt: string; encoding: string; commitment: string }[];
}

export const readSampleLog = (): SampleLog => read('sample-log.json');
export const readKnownAnswers = (): KnownAnswers => read('known-answers.json');

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T;
}
