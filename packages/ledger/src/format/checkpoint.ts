import { HASH_BYTES } from './hashes.ts';
import { ledgerErrors } from './ledger.errors.ts';
import type { NoteSigner, VerifierKey } from './note-key.ts';
import { parseVerifierKey } from './note-key.ts';
import { openNote, signNote } from './signed-note.ts';
import { decodeBase64, encodeBase64, isCount, parseDecimal, parseTime } from './text-forms.ts';

/** The state of a ledger that its key vouches for: so many leaves, this root, at this time. */
export interface Checkpoint {
  /** Identity of the ledger; always the name of the key that signs. */
  origin: string;
  /** Number of leaves. */
  size: number;
  /** Merkle root over the leaves, 32 bytes (RFC 9162, 2.1.1). */
  root: Buffer;
  /** When it was signed, `YYYY-MM-DDTHH:MM:SS.sssZ`. */
  time: string;
}

const TIME_LABEL = 'time ';

/**
 * The checkpoint as a signed note (C2SP tlog-checkpoint): origin, size, root, and one extension line with the
 * time. Refuses with 'ledger-checkpoint-malformed' an origin that is not the signer's name, a root that is
 * not 32 bytes, a size that is not a count, a time in another form.
 */
export function signCheckpoint(checkpoint: Checkpoint, signer: NoteSigner): string {
  const { origin, size, root, time } = checkpoint;
  if (origin !== signer.name) throw malformed('origin is not the signer');
  if (!isCount(size) || root.length !== HASH_BYTES || parseTime(time) === undefined)
    throw malformed('fields');
  return signNote(`${origin}\n${size}\n${encodeBase64(root)}\n${TIME_LABEL}${time}\n`, signer);
}

/**
 * Opens a checkpoint with the ledger's verifier key (vkey text or parsed). Refuses a note that is malformed
 * ('ledger-note-malformed'), not signed by that key ('ledger-signature-invalid'), of another origin, or not
 * in the one accepted form ('ledger-checkpoint-malformed').
 */
export function openCheckpoint(note: string, verifierKey: string | VerifierKey): Checkpoint {
  const key = typeof verifierKey === 'string' ? parseVerifierKey(verifierKey) : verifierKey;
  const lines = openNote(note, key).slice(0, -1).split('\n');
  const [origin = '', sizeText = '', rootText = '', timeLine = ''] = lines;
  const size = parseDecimal(sizeText);
  const root = decodeBase64(rootText);
  const time = timeLine.slice(TIME_LABEL.length);
  if (lines.length !== 4 || origin !== key.name || !timeLine.startsWith(TIME_LABEL)) throw malformed('lines');
  if (size === undefined || root?.length !== HASH_BYTES || parseTime(time) === undefined)
    throw malformed('fields');
  return { origin, size, root, time };
}

function malformed(detail: string) {
  return ledgerErrors.error('ledger-checkpoint-malformed', { detail });
}
