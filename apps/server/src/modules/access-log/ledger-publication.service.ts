import type { LedgerConsistency } from '@careward/api-schema';
import { consistencyProof, ledgerErrors } from '@careward/ledger';
import { auditErrors } from '../../audit/index.ts';
import type { RequestOrigin } from '../../request-context/index.ts';
import type { LedgerPublicationRepository } from './ledger-publication.repository.ts';

/** What the ledger shows to everybody, so that anybody can keep a checkpoint and hold the operator to it. */
export class LedgerPublicationService {
  readonly #repository: LedgerPublicationRepository;
  /** Public key in the vkey text form (docs/formats/checkpoint.md). */
  readonly verifierKey: string;

  constructor(repository: LedgerPublicationRepository, verifierKey: string) {
    this.#repository = repository;
    this.verifierKey = verifierKey;
  }

  /** The newest signed note, or `audit-ledger-empty`. */
  async checkpoint(origin: RequestOrigin): Promise<string> {
    return (await this.#newest(origin)).note;
  }

  /** The proof between two sizes; sizes beyond the newest checkpoint or in the wrong order are `ledger-index-out-of-range`. */
  async consistency(origin: RequestOrigin, from: number, to: number): Promise<LedgerConsistency> {
    const { size } = await this.#newest(origin);
    if (from > to || to > size) throw ledgerErrors.error('ledger-index-out-of-range');
    const path = await consistencyProof(await this.#repository.consistencyTiles(origin, from, to), from, to);
    return { from, to, path: path.map((hash) => hash.toString('base64')) };
  }

  async #newest(origin: RequestOrigin) {
    const newest = await this.#repository.newest(origin);
    if (newest === undefined) throw auditErrors.error('audit-ledger-empty');
    return newest;
  }
}
