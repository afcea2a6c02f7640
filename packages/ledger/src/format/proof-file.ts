// The inclusion proof a patient takes away. Defends: one file has one reading; unknown members are refused,
// so nothing can be shown beside the entry that its commitment does not cover. Parsing proves nothing:
// verifyProofFile does.
import { ENTRY_FIELDS, type LedgerEntry, SALT_BYTES } from './entry.ts';
import { HASH_BYTES } from './hashes.ts';
import { ledgerErrors } from './ledger.errors.ts';
import { MAX_NOTE_LENGTH } from './signed-note.ts';
import { decodeBase64, encodeBase64, isCount } from './text-forms.ts';

/** Value of a proof file's `format` member. */
export const PROOF_FORMAT = 'careward-inclusion-proof-v1';

/** The proof file as JSON (docs/formats/inclusion-proof.md). `salt` and `path` are standard base64. */
export interface ProofFile {
  format: typeof PROOF_FORMAT;
  entry: LedgerEntry;
  salt: string;
  leafIndex: number;
  path: string[];
  /** The checkpoint note whole. */
  checkpoint: string;
}

/** The same with its bytes decoded. */
export interface InclusionEvidence {
  entry: LedgerEntry;
  salt: Uint8Array;
  leafIndex: number;
  path: readonly Uint8Array[];
  checkpoint: string;
}

const MEMBERS = ['format', 'entry', 'salt', 'leafIndex', 'path', 'checkpoint'];
const MAX_PATH = 64;

/** The file to give away; its entry holds the fields of LedgerEntry and nothing else. */
export function createProofFile(evidence: InclusionEvidence): ProofFile {
  const fields = ENTRY_FIELDS.map((name) => [name, evidence.entry[name]]);
  return {
    format: PROOF_FORMAT,
    entry: Object.fromEntries(fields) as LedgerEntry,
    salt: encodeBase64(evidence.salt),
    leafIndex: evidence.leafIndex,
    path: evidence.path.map(encodeBase64),
    checkpoint: evidence.checkpoint,
  };
}

/** Reads a proof file, as JSON text or parsed. Refuses every other shape with 'ledger-proof-malformed'. */
export function parseProofFile(file: unknown): InclusionEvidence {
  const value = typeof file === 'string' ? parseJson(file) : file;
  if (!hasExactly(value, MEMBERS) || value.format !== PROOF_FORMAT) throw malformed('members');
  const { entry, leafIndex, checkpoint } = value;
  if (!isEntryShape(entry)) throw malformed('entry');
  if (!isCount(leafIndex)) throw malformed('leafIndex');
  if (typeof checkpoint !== 'string' || checkpoint.length > MAX_NOTE_LENGTH) throw malformed('checkpoint');
  return { entry, salt: bytesOf(value.salt, SALT_BYTES), leafIndex, path: pathOf(value.path), checkpoint };
}

function isEntryShape(value: unknown): value is LedgerEntry {
  return (
    hasExactly(value, ENTRY_FIELDS) &&
    ENTRY_FIELDS.every((name) => value[name] === null || typeof value[name] === 'string')
  );
}

function pathOf(value: unknown): Buffer[] {
  if (!Array.isArray(value) || value.length > MAX_PATH) throw malformed('path');
  return value.map((hash: unknown) => bytesOf(hash, HASH_BYTES));
}

function bytesOf(value: unknown, length: number): Buffer {
  const bytes = typeof value === 'string' ? decodeBase64(value) : undefined;
  if (bytes?.length !== length) throw malformed('base64');
  return bytes;
}

function hasExactly(value: unknown, members: readonly string[]): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const names = Object.keys(value);
  return names.length === members.length && members.every((name) => Object.hasOwn(value, name));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw ledgerErrors.error('ledger-proof-malformed', { detail: 'not JSON', cause });
  }
}

function malformed(detail: string) {
  return ledgerErrors.error('ledger-proof-malformed', { detail });
}
