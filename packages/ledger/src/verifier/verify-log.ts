// The whole check of a stored log, by somebody who trusts only a verifier key and, better, a checkpoint kept
// elsewhere. Defends: whoever owns the database, without the signing key, cannot delete, alter, reorder,
// insert, truncate or back-date an entry unnoticed. Does not defend: a log cut back to an earlier checkpoint,
// or signed anew by the holder of the key, is found only with a trusted checkpoint from outside.
import { type Checkpoint, openCheckpoint } from '../format/checkpoint.ts';
import { isLedgerError } from '../format/ledger.errors.ts';
import { parseVerifierKey, type VerifierKey } from '../format/note-key.ts';
import type { TileReader } from '../format/tiles.ts';
import { Aligner } from './align.ts';
import { CheckpointSeries } from './checkpoint-series.ts';
import { Displacements } from './displacements.ts';
import { EntryCheck } from './entry-check.ts';
import { type Finding, Findings } from './findings.ts';
import { type LeafRow, LeafRows, type LogLeaf } from './leaf-rows.ts';
import { StoredHashes } from './stored-hashes.ts';
import { DEFAULT_TOLERANCE_MS } from './time-window.ts';
import { TreeJudge } from './tree-judge.ts';

/** What to verify, and by which measure. */
export interface LogToVerify {
  /** By leaf index, ascending. */
  leaves: AsyncIterable<LogLeaf> | Iterable<LogLeaf>;
  /** Checkpoint notes by size, ascending. */
  checkpoints: AsyncIterable<string> | Iterable<string>;
  /** vkey text form; its name is the ledger's origin. */
  verifierKey: string;
  /** A checkpoint note of this ledger that was kept where the operator cannot change it. */
  trustedCheckpoint?: string;
  /** Stored tiles: compared with the leaves, and needed to name an entry whose commitment was rewritten too. */
  tiles?: TileReader;
  /** True if entries may be without details and salt, because they were erased lawfully. Default false. */
  allowErased?: boolean;
  /** Default 5 minutes. */
  toleranceMs?: number;
  /** Findings to list; the rest is counted. Default 1,000. */
  maxFindings?: number;
}

/** The outcome. Only `ok` means that nothing was found. */
export interface LogReport {
  ok: boolean;
  /** Number of leaves of the tree that was seen. */
  size: number;
  /** Number of stored checkpoints with a valid signature. */
  checkpoints: number;
  /** Number of entries without details that the caller allowed. */
  erased: number;
  findings: Finding[];
  /** Findings beyond `maxFindings`. */
  omittedFindings: number;
}

/**
 * Reads the log once, in memory that does not grow with it, and names what is wrong. Throws
 * 'ledger-verifier-key-malformed', and whatever the given sources throw; all else is a finding.
 */
export async function verifyLog(log: LogToVerify): Promise<LogReport> {
  return new LogAudit(log).run();
}

class LogAudit {
  readonly #findings: Findings;
  readonly #displaced = new Displacements();
  readonly #rows: LeafRows;
  readonly #series: CheckpointSeries;
  readonly #entries: EntryCheck;
  readonly #stored: StoredHashes | undefined;
  readonly #aligner: Aligner;
  readonly #tree: TreeJudge;
  readonly #trusted: Checkpoint | undefined;
  /** Index that the next stored row should carry. */
  #nextIndex = 0;

  constructor(log: LogToVerify) {
    const key = parseVerifierKey(log.verifierKey);
    const { allowErased = false, toleranceMs = DEFAULT_TOLERANCE_MS } = log;
    this.#findings = new Findings(log.maxFindings ?? 1_000);
    this.#rows = new LeafRows(log.leaves);
    this.#series = new CheckpointSeries(log.checkpoints, key, this.#findings);
    this.#entries = new EntryCheck({ allowErased, toleranceMs }, this.#findings);
    this.#stored = log.tiles && new StoredHashes(log.tiles, this.#findings);
    this.#aligner = new Aligner(this.#rows, this.#stored);
    this.#tree = new TreeJudge(this.#stored, this.#displaced, this.#findings);
    this.#trusted = this.#openTrusted(log.trustedCheckpoint, key);
  }

  async run(): Promise<LogReport> {
    await this.#series.advance();
    await this.#passCheckpoints();
    for (let row = await this.#rows.peek(0); row; row = await this.#rows.peek(0)) await this.#readRow(row);
    const { size } = this.#tree;
    await this.#checkEnd(size);
    this.#tree.close();
    this.#entries.close();
    this.#displaced.report(this.#findings);
    const { list: findings, omitted: omittedFindings } = this.#findings;
    const { signed: checkpoints } = this.#series;
    return {
      ok: findings.length === 0,
      size,
      checkpoints,
      erased: this.#entries.erased,
      findings,
      omittedFindings,
    };
  }

  async #readRow(row: LeafRow): Promise<void> {
    if (row.index > this.#nextIndex) return this.#passMissing(row.index - this.#nextIndex);
    if (row.index !== this.#nextIndex) return this.#passMisplaced(row);
    const { kind, count } = await this.#aligner.align(this.#tree.size);
    if (kind === 'gap') {
      this.#nextIndex -= count;
      return this.#passMissing(count);
    }
    if (kind === 'extra') return this.#passExtra(count);
    return this.#placeRow(row);
  }

  async #placeRow(row: LeafRow): Promise<void> {
    const index = this.#tree.size;
    const tile = await this.#stored?.at(0, index);
    const isDisplaced = tile !== undefined && !tile.equals(row.hash);
    if (isDisplaced) this.#displace(row, index, tile.toString('hex'));
    this.#entries.check(row, index, isDisplaced ? undefined : this.#series);
    this.#takeRow();
    await this.#tree.append(row.hash, tile);
    await this.#passCheckpoints();
  }

  async #passMissing(count: number): Promise<void> {
    this.#nextIndex += count;
    for (let left = count; left > 0; left -= 1) {
      const hash = await this.#stored?.at(0, this.#tree.size);
      if (!hash) return this.#passUnknown(left);
      this.#displaced.add({ index: this.#tree.size, expected: hash.toString('hex') }, this.#findings);
      await this.#tree.append(hash, hash);
      await this.#passCheckpoints();
    }
  }

  async #passUnknown(count: number): Promise<void> {
    const index = this.#tree.size;
    const message = `The entries of the leaves ${index} to ${index + count - 1} are gone.`;
    this.#findings.add({ kind: 'missing', index, endIndex: index + count, message });
    this.#tree.skip(count);
    await this.#passCheckpoints();
  }

  async #passExtra(count: number): Promise<void> {
    for (let left = count; left > 0; left -= 1) {
      const row = await this.#rows.peek(0);
      if (!row) return;
      this.#displace(row, this.#tree.size);
      this.#entries.check(row, this.#tree.size, undefined);
      this.#takeRow();
    }
  }

  #passMisplaced(row: LeafRow): void {
    const message = `Entry ${row.entryId} comes out of order as leaf ${row.index}.`;
    this.#findings.add({ kind: 'reordered', index: row.index, entryId: row.entryId, message });
    this.#displace(row, row.index);
    this.#rows.take();
  }

  #displace({ hash, entryId }: LeafRow, index: number, expected?: string): void {
    const found = { hash: hash.toString('hex'), entryId };
    this.#displaced.add(
      expected === undefined ? { index, found } : { index, expected, found },
      this.#findings,
    );
  }

  #takeRow(): void {
    this.#rows.take();
    this.#nextIndex += 1;
  }

  async #passCheckpoints(): Promise<void> {
    const { size } = this.#tree;
    for (let next = this.#series.current; next && next.size <= size; next = this.#series.current) {
      this.#tree.judge(next);
      await this.#series.advance();
    }
    if (this.#trusted?.size !== size || this.#tree.isCompatible(this.#trusted)) return;
    const message = `The log of size ${size} is not the one that the trusted checkpoint vouches for.`;
    this.#findings.add({ kind: 'forked', index: size, message });
  }

  async #checkEnd(size: number): Promise<void> {
    while (this.#series.current) await this.#series.advance();
    const covered = this.#series.previous?.size ?? 0;
    if (covered < size) this.#reportCut(covered, size, 'are covered by no stored checkpoint');
    const signed = Math.max(covered, this.#trusted?.size ?? 0);
    if (size < signed) this.#reportCut(size, signed, 'were signed and are gone');
  }

  #reportCut(index: number, endIndex: number, what: string): void {
    const message = `The leaves ${index} to ${endIndex - 1} ${what}.`;
    this.#findings.add({ kind: 'truncated', index, endIndex, message });
  }

  #openTrusted(note: string | undefined, key: VerifierKey): Checkpoint | undefined {
    if (note === undefined) return undefined;
    try {
      return openCheckpoint(note, key);
    } catch (error) {
      if (!isLedgerError(error)) throw error;
      this.#findings.add({
        kind: 'bad-signature',
        message: "The trusted checkpoint is not signed by the ledger's key.",
      });
      return undefined;
    }
  }
}
