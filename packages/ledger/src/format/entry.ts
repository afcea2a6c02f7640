// What is promised: one entry has exactly one encoding, and a commitment reveals nothing about its entry to
// anybody who does not hold the salt, while nobody can find a second entry or salt for it.
// Against: an operator who edits an entry afterwards, and a reader of the public tree who guesses entries.
// Not against: a holder of the salt, who can confirm a guess; salts are as confidential as their entries.
import { HASH_BYTES, sha256 } from './hashes.ts';
import { ledgerErrors } from './ledger.errors.ts';
import { parseTime } from './text-forms.ts';

/** One access or change: who, when, why. `null` means "not known or not applicable" and differs from ''. */
export interface LedgerEntry {
  /** Identifier of the audit entry in its store. */
  id: string;
  /** When it happened, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  at: string;
  clinicId: string | null;
  actorId: string | null;
  actorRole: string;
  /** HL7 v3 PurposeOfUse code. */
  purpose: string | null;
  requestId: string | null;
  address: string | null;
  agent: string | null;
  action: string;
  resourceType: string;
  resourceId: string | null;
  patientId: string | null;
  outcome: string;
  reason: string | null;
}

/** Length of an entry's salt, in bytes. */
export const SALT_BYTES = 32;

/** Every field of an entry, in the order of its encoding. */
export const ENTRY_FIELDS = [
  'id',
  'at',
  'clinicId',
  'actorId',
  'actorRole',
  'purpose',
  'requestId',
  'address',
  'agent',
  'action',
  'resourceType',
  'resourceId',
  'patientId',
  'outcome',
  'reason',
] as const satisfies readonly (keyof LedgerEntry)[];

const REQUIRED: ReadonlySet<string> = new Set(['id', 'at', 'actorRole', 'action', 'resourceType', 'outcome']);
const COMMITMENT_DOMAIN = Buffer.from('careward ledger entry commitment v1\0', 'utf8');

/**
 * The canonical bytes of an entry (docs/formats/ledger-entry.md): field count, then each field as 0x00 for
 * null or 0x01, a 32-bit big-endian byte length and UTF-8. Refuses with 'ledger-entry-malformed' what has no
 * unique encoding: a missing field, a wrong type, a lone surrogate, a time in another form.
 */
export function encodeEntry(entry: LedgerEntry): Buffer {
  if (typeof entry !== 'object' || entry === null) throw malformed('not an object');
  return Buffer.concat([
    Buffer.of(ENTRY_FIELDS.length),
    ...ENTRY_FIELDS.map((name) => encodeField(entry, name)),
  ]);
}

/**
 * The 32-byte commitment that becomes the ledger's leaf: SHA-256 over a domain string, the salt and the
 * canonical entry. Refuses a salt that is not 32 bytes with 'ledger-salt-malformed'.
 */
export function commitEntry(entry: LedgerEntry, salt: Uint8Array): Buffer {
  if (!(salt instanceof Uint8Array) || salt.length !== SALT_BYTES)
    throw ledgerErrors.error('ledger-salt-malformed');
  return sha256(Buffer.concat([COMMITMENT_DOMAIN, salt, encodeEntry(entry)]));
}

/** True if `value` is 32 bytes, as every commitment is. */
export function isCommitment(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length === HASH_BYTES;
}

function encodeField(entry: LedgerEntry, name: keyof LedgerEntry): Buffer {
  const value: unknown = entry[name];
  if (value === null && !REQUIRED.has(name)) return Buffer.of(0x00);
  if (typeof value !== 'string' || !value.isWellFormed()) throw malformed(`field ${name}`);
  if (name === 'at' && parseTime(value) === undefined) throw malformed('time of the entry');
  const text = Buffer.from(value, 'utf8');
  const head = Buffer.alloc(5);
  head[0] = 0x01;
  head.writeUInt32BE(text.length, 1);
  return Buffer.concat([head, text]);
}

function malformed(detail: string) {
  return ledgerErrors.error('ledger-entry-malformed', { detail });
}
