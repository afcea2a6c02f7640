import type { AccessLogItem, AccessLogPage, InclusionProof, PageQuery } from '@careward/api-schema';
import type { AccountId, PatientId } from '@careward/kernel';
import { createProofFile, inclusionProof, type TileReader } from '@careward/ledger';
import { ledgerEntryOf } from '../../audit/index.ts';
import { type ClinicContext, isPurposeOfUse, toPage } from '../../request-context/index.ts';
import { patientsErrors } from '../patients/index.ts';
import type { UsersService } from '../users/index.ts';
import type { AccessLogRepository, AccessRow, AccessRows } from './access-log.repository.ts';
import { entryPageRequest } from './access-log-cursor.ts';

/** Who had access to a patient's data, when and why, each with a proof that can be checked without this server. */
export class AccessLogService {
  readonly #repository: AccessLogRepository;
  readonly #users: Pick<UsersService, 'displayNames'>;

  constructor(repository: AccessLogRepository, users: Pick<UsersService, 'displayNames'>) {
    this.#repository = repository;
    this.#users = users;
  }

  /** A page of one patient's log, newest first, or `patient-not-found`. */
  async list(context: ClinicContext, patientId: PatientId, query: PageQuery): Promise<AccessLogPage> {
    const page = entryPageRequest(query);
    const rows = await this.#repository.list(context, patientId, page);
    if (rows === undefined) throw patientsErrors.error('patient-not-found');
    const [names, proofs] = await Promise.all([
      this.#users.displayNames(context, actorsOf(rows.entries)),
      this.#prove(context, rows),
    ]);
    return toPage(rows.entries, page.limit, (row) => toItem(row, names, proofs.get(row.id) ?? null));
  }

  /** The proofs of a page, by entry id; their tiles are read together. */
  async #prove(
    context: ClinicContext,
    { entries, checkpoint }: AccessRows,
  ): Promise<Map<string, InclusionProof>> {
    const sequenced = entries.flatMap((row) =>
      row.leaf_index === null ? [] : [{ row, leafIndex: Number(row.leaf_index) }],
    );
    if (checkpoint === undefined) return new Map();
    const tiles = await this.#repository.tiles(
      context,
      sequenced.map(({ leafIndex }) => leafIndex),
      checkpoint.size,
    );
    const proofs = new Map<string, InclusionProof>();
    for (const { row, leafIndex } of sequenced)
      proofs.set(row.id, await proofOf(row, leafIndex, tiles, checkpoint));
    return proofs;
  }
}

async function proofOf(
  row: AccessRow,
  leafIndex: number,
  tiles: TileReader,
  { size, note }: { readonly size: number; readonly note: string },
): Promise<InclusionProof> {
  const path = await inclusionProof(tiles, leafIndex, size);
  return createProofFile({ entry: ledgerEntryOf(row), salt: row.salt, leafIndex, path, checkpoint: note });
}

function actorsOf(rows: readonly AccessRow[]): AccountId[] {
  const ids = rows.flatMap(({ actor_id }) => (actor_id === null ? [] : [actor_id]));
  return [...new Set(ids)] as AccountId[];
}

function toItem(
  row: AccessRow,
  names: ReadonlyMap<string, string>,
  proof: InclusionProof | null,
): AccessLogItem {
  return {
    entryId: row.id,
    at: row.at.toISOString(),
    actorId: row.actor_id,
    actorRole: row.actor_role,
    actorName: row.actor_id === null ? null : (names.get(row.actor_id) ?? null),
    action: row.action,
    resourceType: row.resource_type,
    resourceId: row.resource_id,
    purpose: row.purpose !== null && isPurposeOfUse(row.purpose) ? row.purpose : null,
    outcome: row.outcome as AccessLogItem['outcome'],
    address: row.address,
    proof,
  };
}
