import type { TileReader } from '@careward/ledger';
import { newestCheckpoint, proofTiles, readTiles } from '../../audit/index.ts';
import type { Database } from '../../persistence/index.ts';
import { anonymousContextOf, type RequestOrigin } from '../../request-context/index.ts';

/** Reads what anybody may see of the ledger: checkpoints and hashes. Reaches no entry. */
export class LedgerPublicationRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The newest checkpoint note and its size, or undefined before the first. */
  async newest(origin: RequestOrigin): Promise<{ readonly size: number; readonly note: string } | undefined> {
    const scope = this.#database.forIdentity(anonymousContextOf(origin));
    const [row] = await scope.run(newestCheckpoint(scope.build));
    return row && { size: Number(row.tree_size), note: row.note };
  }

  /** The tiles of the proof that the tree of `from` leaves is the beginning of that of `to`. */
  async consistencyTiles(origin: RequestOrigin, from: number, to: number): Promise<TileReader> {
    return readTiles(this.#database.forIdentity(anonymousContextOf(origin)), proofTiles([from - 1], to));
  }
}
