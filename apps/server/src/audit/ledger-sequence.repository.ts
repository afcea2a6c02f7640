import type { Tile, TileReader } from '@careward/ledger';
import { sql } from 'kysely';
import { type Database, isUniqueViolation, type ScopedDatabase } from '../persistence/index.ts';
import { LEDGER_ENTRY_COLUMNS, type LedgerEntryRow } from './ledger-entry-row.ts';
import { compiled, readTiles } from './ledger-tree.repository.ts';
import type { StoredTile, TilePlace } from './proof-tiles.ts';

/** The newest stored checkpoint. */
export interface LedgerHead {
  readonly size: number;
  readonly note: string;
  readonly lastEntryId: string;
}

/** What the sequencer sees at the start of a round. */
export interface SequencerView {
  /** Undefined before the first checkpoint. */
  readonly head: LedgerHead | undefined;
  /** The tiles at the right edge of the head's tree. */
  readonly edge: readonly StoredTile[];
  /** Entries to append after the head, in their order. */
  readonly entries: readonly SequencedEntryRow[];
  /** Time of the database, epoch milliseconds. */
  readonly now: number;
  /** Entries that are in no leaf, counted up to {@link MOST_PENDING}. */
  readonly pending: number;
  /** Milliseconds since the oldest of them was written; 0 without any. */
  readonly lagMs: number;
}

/** An entry with the transaction that wrote it. */
export interface SequencedEntryRow extends LedgerEntryRow {
  readonly xid: string;
}

/** A batch as it is stored: leaves, tiles and checkpoint, together or not at all. */
export interface SequencedBatch {
  /** Size of the tree before it. */
  readonly base: number;
  readonly entries: readonly SequencedEntryRow[];
  readonly commitments: readonly Buffer[];
  readonly tiles: readonly Tile[];
  readonly size: number;
  readonly note: string;
}

/** Beyond so many, waiting entries are not counted one by one. */
const MOST_PENDING = 10_000;

/** What the sequencer reads and writes. */
export class LedgerSequenceRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * Reads head, edge and the next entries, at most `limit`, in one round trip. Undefined when another sequencer moved the head
   * between the two statements.
   */
  async read(limit: number): Promise<SequencerView | undefined> {
    const sequencer = this.#database.forSequencer();
    const [, state, next] = await sequencer.batch([
      compiled(sequencer.build, followIndexes),
      compiled(sequencer.build, selectState),
      compiled(sequencer.build, selectNextEntries(limit)),
    ]);
    const head = headOf(state);
    if (next.some((entry) => Number(entry.base ?? 0) !== (head?.size ?? 0))) return undefined;
    const view = { ...countersOf(state), head, edge: edgeOf(state), entries: next };
    return state[0]?.is_restored ? { ...view, ...(await this.#restored(sequencer, limit)) } : view;
  }

  /** Stores a batch; false when another sequencer has stored one on the same base, and then nothing is stored. */
  async append(batch: SequencedBatch): Promise<boolean> {
    const sequencer = this.#database.forSequencer();
    try {
      await sequencer.batch([
        compiled(sequencer.build, insertLeaves(batch)),
        compiled(sequencer.build, upsertTiles(batch.tiles)),
        compiled(sequencer.build, insertCheckpoint(batch)),
      ]);
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  /** Reads tiles in one round trip. */
  async tiles(places: readonly TilePlace[]): Promise<TileReader> {
    return readTiles(this.#database.forSequencer(), places);
  }

  async #restored(sequencer: ScopedDatabase, limit: number) {
    const [, entries, counters] = await sequencer.batch([
      compiled(sequencer.build, followIndexes),
      compiled(sequencer.build, selectRestoredEntries(limit)),
      compiled(sequencer.build, selectRestoredCounters),
    ]);
    return { entries, ...countersOf(counters) };
  }
}

interface CountersRow {
  readonly now: Date;
  readonly oldest: Date | null;
  readonly pending: string;
}

interface StateRow extends CountersRow {
  readonly tree_size: string | null;
  readonly note: string | null;
  readonly last_entry_id: string | null;
  readonly is_restored: boolean | null;
  readonly level: number | null;
  readonly tile_index: string | null;
  readonly hashes: Buffer | null;
}

type NextEntryRow = SequencedEntryRow & { readonly base: string | null };

const columns = sql.join(LEDGER_ENTRY_COLUMNS.map((column) => sql.ref(`e.${column}`)));
const headQuery = sql`select tree_size, note, last_xid, last_entry_id from ledger_checkpoint order by tree_size desc limit 1`;
const afterHead = sql`(e.xid, e.id) >
  (coalesce((select last_xid from head), '0'::xid8), coalesce((select last_entry_id from head), 0))`;
const isUnsequenced = sql`not exists (select from ledger_leaf as leaf where leaf.entry_id = e.id)`;

/**
 * A planner takes a third of the table to lie behind the head, and would read and sort it. It is always the newest few: in the order of
 * the index, until the limit, with one look into the leaves for each. Holds for this transaction.
 */
const followIndexes = sql<never>`select ${sql.join(
  ['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin'].map(
    (way) => sql`set_config(${sql.lit(`enable_${way}`)}, 'off', true)`,
  ),
)}`;

/** One row for each tile at the right edge, each with the head and the counters; at least one row. */
const selectState = sql<StateRow>`
  with head as materialized (${headQuery}),
  waiting as materialized (
    select e.at from audit_entry as e where ${afterHead} and ${isUnsequenced} order by e.xid, e.id limit ${sql.lit(MOST_PENDING)}
  )
  select head.tree_size, head.note, head.last_entry_id, clock_timestamp() as now,
    head.last_xid >= pg_snapshot_xmin(pg_current_snapshot()) as is_restored,
    (select min(at) from waiting) as oldest, (select count(*) from waiting) as pending,
    tile.level, tile.tile_index, tile.hashes
  from (select) as request left join head on true
    left join generate_series(0, 6) as step (level) on true
    left join lateral (
      select * from ledger_tile where level = step.level and tile_index = head.tree_size >> (8 * (step.level + 1)) limit 1
    ) as tile on true`;

/**
 * What comes after the head. Below the horizon every transaction has ended, so nothing can still appear in the part that was read:
 * an entry whose transaction began early and commits late lies above it until it has ended.
 */
const selectNextEntries = (limit: number) => sql<NextEntryRow>`
  with head as materialized (${headQuery})
  select (select tree_size from head) as base, e.xid, ${columns} from audit_entry as e
  where ${afterHead} and e.xid < pg_snapshot_xmin(pg_current_snapshot()) and ${isUnsequenced}
  order by e.xid, e.id limit ${limit}`;

/**
 * The same on a server that counts its transactions anew, after a dump was restored into it: entries with numbers that this server
 * has not given out yet are older than all its own. Numbers in flight wait until they have ended.
 */
const selectRestoredEntries = (limit: number) => sql<SequencedEntryRow>`
  select e.xid, ${columns} from audit_entry as e
  where ${isUnsequenced} and
    (e.xid < pg_snapshot_xmin(pg_current_snapshot()) or e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
  order by e.xid < pg_snapshot_xmin(pg_current_snapshot()), e.xid, e.id limit ${limit}`;

const selectRestoredCounters = sql<CountersRow>`
  select clock_timestamp() as now, min(at) as oldest, count(*) as pending
  from (select e.at from audit_entry as e where ${isUnsequenced} limit ${sql.lit(MOST_PENDING)}) as waiting`;

/** The leaf index is the key: of two sequencers on one base the second is refused here, before anything else of it counts. */
const insertLeaves = ({ base, entries, commitments }: SequencedBatch) => sql<never>`
  insert into ledger_leaf (leaf_index, entry_id, commitment)
  select ${base}::bigint + n - 1, entry_id, substring(${Buffer.concat(commitments)}::bytea from (n::int - 1) * 32 + 1 for 32)
  from unnest(${entries.map(({ id }) => id)}::bigint[]) with ordinality as entry (entry_id, n)`;

const upsertTiles = (tiles: readonly Tile[]) => sql<never>`
  insert into ledger_tile (level, tile_index, hashes)
  select * from unnest(${tiles.map(({ level }) => level)}::integer[], ${tiles.map(({ index }) => index)}::bigint[],
    ${tiles.map(({ hashes }) => hashes)}::bytea[])
  on conflict (level, tile_index) do update set hashes = excluded.hashes`;

const insertCheckpoint = ({ size, note, entries }: SequencedBatch) => {
  const last = entries.at(-1);
  return sql<never>`insert into ledger_checkpoint (tree_size, note, last_xid, last_entry_id)
    values (${size}, ${note}, ${last?.xid}::xid8, ${last?.id})`;
};

function headOf([row]: readonly StateRow[]): LedgerHead | undefined {
  if (!row || row.tree_size === null || row.note === null || row.last_entry_id === null) return undefined;
  return { size: Number(row.tree_size), note: row.note, lastEntryId: row.last_entry_id };
}

function edgeOf(rows: readonly StateRow[]): StoredTile[] {
  return rows.flatMap(({ level, tile_index, hashes }) =>
    level === null || tile_index === null || hashes === null
      ? []
      : [{ level, index: Number(tile_index), hashes }],
  );
}

function countersOf([row]: readonly CountersRow[]) {
  const now = row?.now.getTime() ?? 0;
  return {
    now,
    pending: Number(row?.pending ?? 0),
    lagMs: row?.oldest ? Math.max(0, now - row.oldest.getTime()) : 0,
  };
}
