import { HASH_BYTES, type LogLeaf, type TileReader, tileWidth } from '@careward/ledger';
import { sql } from 'kysely';
import type { Database, ScopedDatabase } from '../persistence/index.ts';
import { LEDGER_ENTRY_COLUMNS, type LedgerEntryRow, ledgerEntryOf } from './ledger-entry-row.ts';
import { compiled, readTiles } from './ledger-tree.repository.ts';

/** How far the stored log reached when its verification began. */
export interface LogExtent {
  /** Size of the newest checkpoint. */
  readonly size: number;
  /** One more than the highest leaf index. */
  readonly leafEnd: number;
  /** Stored leaves; fewer than `leafEnd` when indexes are missing. */
  readonly leafCount: number;
}

/** An entry without a leaf that should have one. */
export interface StrayEntry {
  readonly id: string;
  /** Whether its transaction has a number that the server has not given out. */
  readonly is_unborn: boolean;
}

const LEAVES_A_PAGE = 2_000;
const NOTES_A_PAGE = 1_000;
const TILES_A_PAGE = 64;
const columns = sql.join(LEDGER_ENTRY_COLUMNS.map((column) => sql.ref(`e.${column}`)));
const hasNoLeaf = sql`not exists (select from ledger_leaf as leaf where leaf.entry_id = e.id)`;

/** Reads the whole stored log for its verification, page by page, so that memory does not grow with it. */
export class LedgerLogRepository {
  readonly #scope: ScopedDatabase;

  constructor(database: Database) {
    this.#scope = database.forSequencer();
  }

  /** The extent in one statement: leaves and their checkpoint appear together, so a log that grows meanwhile does not look torn. */
  async extent(): Promise<LogExtent> {
    const [row] = await this.#run(sql<{ size: string; leaf_end: string; leaf_count: string }>`
      select coalesce((select max(tree_size) from ledger_checkpoint), 0) as size,
        coalesce(max(leaf_index) + 1, 0) as leaf_end, count(*) as leaf_count from ledger_leaf`);
    return { size: Number(row?.size), leafEnd: Number(row?.leaf_end), leafCount: Number(row?.leaf_count) };
  }

  /** Leaves below `end` by index, each with its entry or without one that is gone. */
  async *leaves(end: number): AsyncGenerator<LogLeaf> {
    for (let after = -1; ; ) {
      const rows = await this.#run(sql<LeafRow>`
        select l.leaf_index, l.entry_id, l.commitment, ${columns}
        from ledger_leaf as l left join audit_entry as e on e.id = l.entry_id
        where l.leaf_index > ${after} and l.leaf_index < ${end} order by l.leaf_index limit ${LEAVES_A_PAGE}`);
      for (const row of rows) yield leafOf(row);
      if (rows.length < LEAVES_A_PAGE) return;
      after = Number(rows.at(-1)?.leaf_index);
    }
  }

  /** Notes of the checkpoints up to `size`, by size. */
  async *checkpoints(size: number): AsyncGenerator<string> {
    for (let after = 0; ; ) {
      const rows = await this.#run(sql<{ tree_size: string; note: string }>`
        select tree_size, note from ledger_checkpoint where tree_size > ${after} and tree_size <= ${size}
        order by tree_size limit ${NOTES_A_PAGE}`);
      for (const { note } of rows) yield note;
      if (rows.length < NOTES_A_PAGE) return;
      after = Number(rows.at(-1)?.tree_size);
    }
  }

  /** Tiles as they were at `size`; those to the right are fetched ahead. */
  tiles(size: number): TileReader {
    const pages = new Map<number, { first: number; tiles: TileReader }>();
    return {
      readTile: async (level, index) => {
        const width = tileWidth(level, index, size);
        if (width === 0) return undefined;
        const first = index - (index % TILES_A_PAGE);
        const known = pages.get(level);
        const page =
          known?.first === first ? known : { first, tiles: await this.#tilePage(level, first, size) };
        pages.set(level, page);
        return (await page.tiles.readTile(level, index))?.subarray(0, width * HASH_BYTES);
      },
    };
  }

  /**
   * Entries that the sequencer cannot have passed over by itself: without a leaf although later ones have theirs, or written by a
   * transaction that never was. At most `limit`.
   */
  async strayEntries(limit: number): Promise<StrayEntry[]> {
    return this.#run(sql<StrayEntry>`
      with last as materialized (
        select e.xid, e.id from ledger_leaf as l join audit_entry as e on e.id = l.entry_id order by l.leaf_index desc limit 1
      )
      select e.id, e.xid >= pg_snapshot_xmax(pg_current_snapshot()) as is_unborn from audit_entry as e
      where ${hasNoLeaf} and (e.xid >= pg_snapshot_xmax(pg_current_snapshot())
        or (e.xid, e.id) < ((select xid from last), (select id from last)))
      order by e.id limit ${limit}`);
  }

  /** Ids of entries without a leaf that were written before `time`, at most `limit`. */
  async leaflessBefore(time: string, limit: number): Promise<string[]> {
    const rows = await this.#run(sql<{ id: string }>`
      select e.id from audit_entry as e where ${hasNoLeaf} and e.at < ${time}::timestamptz order by e.id limit ${limit}`);
    return rows.map(({ id }) => id);
  }

  /** How many entries have no leaf. */
  async countLeafless(): Promise<number> {
    const [row] = await this.#run(
      sql<{ count: string }>`select count(*) as count from audit_entry as e where ${hasNoLeaf}`,
    );
    return Number(row?.count);
  }

  /** Sizes of checkpoints up to `size` that name another last entry than their last leaf does, at most `limit`. */
  async displacedCheckpoints(size: number, limit: number): Promise<{ size: number; entryId: string }[]> {
    const rows = await this.#run(sql<{ tree_size: string; last_entry_id: string }>`
      select c.tree_size, c.last_entry_id from ledger_checkpoint as c
        left join ledger_leaf as l on l.leaf_index = c.tree_size - 1 left join audit_entry as e on e.id = l.entry_id
      where c.tree_size <= ${size}
        and (l.entry_id is distinct from c.last_entry_id or (e.id is not null and e.xid <> c.last_xid))
      order by c.tree_size limit ${limit}`);
    return rows.map((row) => ({ size: Number(row.tree_size), entryId: row.last_entry_id }));
  }

  /** Entry ids of the leaves from index `start` on, at most `limit`. */
  async leafEntriesFrom(start: number, limit: number): Promise<{ index: number; entryId: string }[]> {
    const rows = await this.#run(sql<{ leaf_index: string; entry_id: string }>`
      select leaf_index, entry_id from ledger_leaf where leaf_index >= ${start} order by leaf_index limit ${limit}`);
    return rows.map((row) => ({ index: Number(row.leaf_index), entryId: row.entry_id }));
  }

  /** The entries of the stored leaves before and from `index` on. */
  async neighbours(index: number): Promise<{ before: string | null; after: string | null }> {
    const [row] = await this.#run(sql<{ before: string | null; after: string | null }>`
      select (select entry_id from ledger_leaf where leaf_index < ${index} order by leaf_index desc limit 1) as before,
        (select entry_id from ledger_leaf where leaf_index >= ${index} order by leaf_index limit 1) as after`);
    return row ?? { before: null, after: null };
  }

  async #tilePage(level: number, first: number, size: number): Promise<TileReader> {
    const places = Array.from({ length: TILES_A_PAGE }, (_, at) => ({ level, index: first + at }));
    return readTiles(
      this.#scope,
      places.filter(({ index }) => tileWidth(level, index, size) > 0),
    );
  }

  #run<T>(query: ReturnType<typeof sql<T>>): Promise<T[]> {
    return this.#scope.run(compiled(this.#scope.build, query));
  }
}

type LeafRow = { readonly leaf_index: string; readonly entry_id: string; readonly commitment: Buffer } & (
  | LedgerEntryRow
  | { readonly id: null }
);

function leafOf(row: LeafRow): LogLeaf {
  const { leaf_index, entry_id: entryId, commitment } = row;
  const leaf = { index: Number(leaf_index), entryId, commitment };
  return row.id === null
    ? { ...leaf, entry: null, salt: null }
    : { ...leaf, entry: ledgerEntryOf(row), salt: row.salt };
}
