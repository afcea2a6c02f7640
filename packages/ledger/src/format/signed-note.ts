// Signed notes (C2SP signed-note): a text and the signatures below its last empty line. Defends: a text that
// was not signed by the expected key, in full, is never handed out. A known key's signature that fails
// rejects the whole note; signatures of unknown keys (witnesses) are ignored, never trusted.
import { verify } from 'node:crypto';
import { ledgerErrors } from './ledger.errors.ts';
import type { NoteSigner, VerifierKey } from './note-key.ts';
import { isKeyName } from './note-key.ts';
import { decodeBase64, encodeBase64 } from './text-forms.ts';

/** Longest note that is looked at, in characters. */
export const MAX_NOTE_LENGTH = 1_000_000;

const MAX_SIGNATURES = 100;
const KEY_ID_BYTES = 4;
const ED25519_SIGNATURE_BYTES = 64;
const LAST_EMPTY_LINE = '\n\n';

interface NoteSignature {
  name: string;
  id: Buffer;
  signature: Buffer;
}

/** Signs `text` (which ends in a newline and holds no other control character) and returns the whole note. */
export function signNote(text: string, signer: NoteSigner): string {
  if (!text.endsWith('\n') || !isNoteText(text)) throw malformed('text to sign');
  const signature = signer.sign(Buffer.from(text, 'utf8'));
  return `${text}\n\u2014 ${signer.name} ${encodeBase64(Buffer.concat([signer.id, signature]))}\n`;
}

/**
 * The text of a note that `key` signed. Refuses what is not a note with 'ledger-note-malformed', and a note
 * without a valid signature of `key`, or with an invalid one beside it, with 'ledger-signature-invalid'.
 */
export function openNote(note: string, key: VerifierKey): string {
  const { text, signatures } = splitNote(note);
  const own = signatures.filter((line) => line.name === key.name && line.id.equals(key.id));
  if (own.length === 0 || !own.every((line) => isSignedBy(key, text, line.signature))) {
    throw ledgerErrors.error('ledger-signature-invalid');
  }
  return text;
}

function isSignedBy(key: VerifierKey, text: string, signature: Buffer): boolean {
  return (
    signature.length === ED25519_SIGNATURE_BYTES &&
    verify(null, Buffer.from(text, 'utf8'), key.publicKey, signature)
  );
}

function splitNote(note: string): { text: string; signatures: NoteSignature[] } {
  if (typeof note !== 'string' || note.length > MAX_NOTE_LENGTH || !isNoteText(note))
    throw malformed('characters');
  const end = note.lastIndexOf(LAST_EMPTY_LINE);
  if (end < 0 || !note.endsWith('\n')) throw malformed('no signature block');
  const lines = note.slice(end + LAST_EMPTY_LINE.length, -1).split('\n');
  if (lines.length > MAX_SIGNATURES) throw malformed('too many signatures');
  return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
  const [dash, name = '', encoded = '', ...rest] = line.split(' ');
  const bytes = decodeBase64(encoded);
  if (dash !== '\u2014' || rest.length > 0 || !isKeyName(name) || !bytes || bytes.length <= KEY_ID_BYTES) {
    throw malformed('signature line');
  }
  return { name, id: bytes.subarray(0, KEY_ID_BYTES), signature: bytes.subarray(KEY_ID_BYTES) };
}

function isNoteText(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what a note must not hold
  return text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text);
}

function malformed(detail: string) {
  return ledgerErrors.error('ledger-note-malformed', { detail });
}
