import type { TileReader } from '@careward/ledger';
import { type RawBuilder, sql } from 'kysely';
import type { QueryBuilder, ScopedDatabase, Statement } from '../persistence/index.ts';
import { heldTiles, type TilePlace } from './proof-tiles.ts';

/** The newest checkpoint that is stored. */
export interface StoredCheckpoint {
  readonly tree_size: string;
  readonly note: string;
}

/** The statement that reads the newest checkpoint. Every role of Careward that may read at all may read the tree: it names nobody. */
export function newestCheckpoint(build: QueryBuilder): Statement<StoredCheckpoint> {
  return build
    .selectFrom('ledger_checkpoint')
    .select(['tree_size', 'note'])
    .orderBy('tree_size', 'desc')
    .limit(1);
}

/** Reads tiles in one round trip; none when none are asked for. A tile that is not stored is absent. */
export async function readTiles(scope: ScopedDatabase, places: readonly TilePlace[]): Promise<TileReader> {
  if (places.length === 0) return heldTiles([]);
  const rows = await scope.run(compiled(scope.build, selectTiles(places)));
  return heldTiles(
    rows.map(({ level, tile_index, hashes }) => ({ level, index: Number(tile_index), hashes })),
  );
}

/** A raw query as a statement of this builder. */
export function compiled<T>(
  build: QueryBuilder,
  query: RawBuilder<T>,
): { compile(): ReturnType<typeof query.compile> } {
  return { compile: () => query.compile(build) };
}

interface TileRow {
  readonly level: number;
  readonly tile_index: string;
  readonly hashes: Buffer;
}

const selectTiles = (places: readonly TilePlace[]) => sql<TileRow>`
  select tile.level, tile.tile_index, tile.hashes
  from unnest(${places.map(({ level }) => level)}::integer[], ${places.map(({ index }) => index)}::bigint[])
      as place (level, tile_index)
    join ledger_tile as tile on tile.level = place.level and tile.tile_index = place.tile_index`;
