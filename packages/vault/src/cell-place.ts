/**
 * Where a sealed value lives, and the associated data that binds it there.
 *
 * Defends against whoever can write to the database or to a backup but holds no key: a value moved to another region,
 * clinic, patient, table, column or row, or relabelled with another key version, does not open. It does not notice that
 * a cell was put back to an older value of the same place; the ledger does.
 */
import { headerBytes, writeHeader } from './envelope.ts';
import { roomForParts, writeParts } from './length-prefix.ts';
import { vaultErrors } from './vault.errors.ts';

/** The place of a cell. Rows of the platform have clinicId and patientId '', rows of a clinic patientId ''. */
export interface CellPlace {
  readonly region: string;
  readonly clinicId: string;
  readonly patientId: string;
  readonly table: string;
  readonly column: string;
  readonly rowId: string;
}

const scratch = Buffer.alloc(1024);

/**
 * The associated data of a cell: format version, algorithm, key version, then the six parts of the place, each with its
 * length. The bytes are valid until the next call: AES-GCM copies them at once, so the hot path allocates nothing.
 * @throws CarewardError `vault-place-malformed` when region, table, column or row is empty or a part is no Unicode
 */
export function associatedData(keyVersion: number, place: CellPlace): Buffer {
  rejectVaguePlace(place);
  const parts = [place.region, place.clinicId, place.patientId, place.table, place.column, place.rowId];
  const room = headerBytes + roomForParts(parts);
  const target = room <= scratch.length ? scratch : Buffer.alloc(room);
  writeHeader(target, keyVersion);
  return target.subarray(0, writeParts(target, headerBytes, parts));
}

function rejectVaguePlace(place: CellPlace): void {
  const vague =
    !place.region ||
    !place.table ||
    !place.column ||
    !place.rowId ||
    typeof place.clinicId !== 'string' ||
    typeof place.patientId !== 'string';
  if (vague) throw vaultErrors.error('vault-place-malformed', { detail: 'a part of the place is missing' });
}
