// A patient's access log, read under row-level security: entries of the context's clinic only, and in the scope `own` only of the
// acting person's own rows. The read is an access too: it appears in the log it reads.
import type { PatientId } from '@careward/kernel';
import type { TileReader } from '@careward/ledger';
import { sql } from 'kysely';
import {
  LEDGER_ENTRY_COLUMNS,
  type LedgerEntryRow,
  newestCheckpoint,
  proofTiles,
  readTiles,
  recordedRead,
} from '../../audit/index.ts';
import type { Database } from '../../persistence/index.ts';
import type { ClinicContext, PageRequest } from '../../request-context/index.ts';

/** An entry, and its leaf once it has one. */
export interface AccessRow extends LedgerEntryRow {
  readonly leaf_index: string | null;
}

/** A page of entries and the newest checkpoint, which covers every leaf among them; no checkpoint before the first. */
export interface AccessRows {
  readonly entries: readonly AccessRow[];
  readonly checkpoint: { readonly size: number; readonly note: string } | undefined;
}

/** Reads access logs. */
export class AccessLogRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * A page of the accesses to one patient's data, newest first, in one round trip. Undefined when the patient is not in the clinic,
   * or in the scope `own` not the acting person; that is recorded too.
   */
  async list(
    context: ClinicContext,
    patientId: PatientId,
    page: PageRequest<string>,
  ): Promise<AccessRows | undefined> {
    const clinic = this.#database.forClinic(context);
    const target = clinic.build.selectFrom('patient').select('id as patient_id').where('id', '=', patientId);
    const access = {
      action: 'access-log.read',
      resourceType: 'access-log',
      resourceId: patientId,
      resourceColumn: 'patient_id',
      patientColumn: 'patient_id',
      detail: { columns: sql<EntryColumns>`entry.*`, join: accessesOfTarget(page) },
      order: sql`order by entry.id desc`,
    } as const;
    const [rows, [newest]] = await clinic.batch([
      recordedRead(clinic.build, access, target),
      // A statement later than the entries: no leaf that they show lies beyond this checkpoint.
      newestCheckpoint(clinic.build),
    ]);
    if (rows.length === 0) return undefined;
    const checkpoint = newest && { size: Number(newest.tree_size), note: newest.note };
    return { entries: rows.filter((row) => row.id !== null), checkpoint };
  }

  /** The tiles for proofs about these leaves in a tree of `size` leaves, in one round trip. */
  async tiles(context: ClinicContext, leafIndexes: readonly number[], size: number): Promise<TileReader> {
    return readTiles(
      this.#database.forClinic(context),
      leafIndexes.length === 0 ? [] : proofTiles(leafIndexes, size),
    );
  }
}

/** Without any entry the join gives one row of nulls. */
type EntryColumns = AccessRow | { readonly id: null };

const columns = sql.join(LEDGER_ENTRY_COLUMNS.map((column) => sql.ref(`e.${column}`)));

const accessesOfTarget = ({ after, limit }: PageRequest<string>) => sql`
  left join lateral (
    select ${columns}, leaf.leaf_index from audit_entry as e left join ledger_leaf as leaf on leaf.entry_id = e.id
    where e.patient_id = target.patient_id ${after === null ? sql`` : sql`and e.id < ${after}::bigint`}
    order by e.id desc limit ${limit}
  ) as entry on true`;
