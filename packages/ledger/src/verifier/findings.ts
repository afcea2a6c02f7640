/**
 * missing: an entry or its details are gone. altered: not what was committed. reordered: at another place than
 * the signed one. inserted: not in the signed tree. truncated: leaves or checkpoints at the end are gone.
 * back-dated: a time that cannot be true. forked: two signed states that exclude each other.
 * bad-signature: a checkpoint the ledger's key did not sign. bad-tile: a stored tile that does not match.
 */
export type FindingKind =
  | 'missing'
  | 'altered'
  | 'reordered'
  | 'inserted'
  | 'truncated'
  | 'back-dated'
  | 'forked'
  | 'bad-signature'
  | 'bad-tile';

/** One thing that is wrong with a log, named as closely as the evidence allows. */
export interface Finding {
  kind: FindingKind;
  /** Leaf index, or the first of a range. */
  index?: number | undefined;
  /** End of the range, exclusive; absent for a single leaf. */
  endIndex?: number | undefined;
  entryId?: string | undefined;
  /** For people. Holds indexes and entry ids, nothing of an entry's content. */
  message: string;
}

/** Collects findings once each, up to a limit, and counts the rest: memory stays bounded on a ruined log. */
export class Findings {
  readonly list: Finding[] = [];
  omitted = 0;
  readonly #max: number;
  readonly #seen = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Adds a finding unless the same was added before. */
  add(finding: Finding): void {
    const key = JSON.stringify([finding.kind, finding.index, finding.endIndex, finding.entryId]);
    if (this.#seen.has(key)) return;
    if (this.list.length >= this.#max) {
      this.omitted += 1;
      return;
    }
    this.#seen.add(key);
    this.list.push(finding);
  }
}
