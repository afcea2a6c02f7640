// Turns committed audit entries into leaves of the ledger, and signs checkpoints.
//
// Defends: completeness and order of the log. A round reads the entries after the last checkpoint, below the snapshot horizon of the
// database (every transaction there has ended, so none can still appear in the part that was read), and stores leaves, tiles and
// checkpoint in one transaction. Killed before that commit, nothing happened and the next round reads the same entries; killed
// after it, the checkpoint says where to go on. Entry id and leaf index are keys: neither a second sequencer nor a commit whose
// answer was lost can append an entry twice; of two sequencers on one base the database refuses the second.
// The witness learns each checkpoint after the commit and before the next one is signed: it is at most one behind, and catches up
// at the start of a round. It never learns a tree that does not continue the one it knows, and nothing is signed over a database
// that is behind its witness.
// Does not defend: entries that were deleted or changed before their first checkpoint, less than a second after they were written.
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { Clock } from '@careward/kernel';
import {
  appendLeaves,
  type Checkpoint,
  commitEntry,
  EMPTY_LEDGER,
  type LedgerState,
  type NoteSigner,
  signCheckpoint,
} from '@careward/ledger';
import { auditErrors } from './audit.errors.ts';
import type { CheckpointWitness } from './checkpoint-witness.ts';
import { ledgerEntryOf } from './ledger-entry-row.ts';
import type {
  LedgerSequenceRepository,
  SequencedEntryRow,
  SequencerView,
} from './ledger-sequence.repository.ts';
import { heldTiles } from './proof-tiles.ts';
import { systemTimer, type Timer } from './timer.ts';
import { WitnessUpdate } from './witness-update.ts';

/** How the sequencer runs. */
export interface SequencerPlan {
  /** Pause between rounds, milliseconds. */
  readonly intervalMs: number;
  /** Most entries that one checkpoint adds. */
  readonly batch: number;
}

/** What came of a round. `lost`: another sequencer appended first. */
export interface SequencerRound {
  readonly outcome: 'sequenced' | 'idle' | 'lost';
  readonly appended: number;
  /** Leaves of the log, as far as this sequencer knows. */
  readonly size: number;
  /** Entries that wait for their leaf, counted up to 10,000. */
  readonly pending: number;
  /** Age of the oldest entry that waits, or waited until this round, milliseconds. */
  readonly lagMs: number;
}

/** What the sequencer needs. */
export interface SequencerParts {
  readonly ledger: LedgerSequenceRepository;
  readonly signer: NoteSigner;
  readonly witness: CheckpointWitness;
  readonly clock: Clock;
  readonly plan?: Partial<SequencerPlan>;
  readonly timer?: Timer;
  /** Told of every round, for metrics. */
  readonly onRound?: (round: SequencerRound) => void;
  /** Told of every failed round; it is tried again after the pause, and no entry is lost. */
  readonly onFailure: (error: unknown) => void;
}

/** A checkpoint at least every second: a pause of half of it leaves as much for the round itself. */
const DEFAULT_SEQUENCER_PLAN: SequencerPlan = { intervalMs: 500, batch: 5_000 };

/** How far the clocks of server and database may differ. Verifiers allow entries five minutes. */
const MOST_SKEW_MS = 60_000;
/** How often, and how long apart, a stop asks for entries that cannot be sequenced yet: two seconds in all. */
const STOP_ATTEMPTS = 20;
const STOP_PAUSE_MS = 100;
/** Commitments made before other work of this process gets its turn. */
const COMMITMENTS_AT_ONCE = 250;

/** The sequencer of one region's ledger. Any number may run on one database. */
export class LedgerSequencer {
  readonly #parts: SequencerParts;
  readonly #plan: SequencerPlan;
  readonly #update: WitnessUpdate;
  #waiting: { stop(): void } | undefined;
  #running: Promise<unknown> = Promise.resolve();
  #stopped = true;
  #pending = 0;
  /** Size of the head under which the last batch was refused. */
  #refusedAt: number | undefined;

  constructor(parts: SequencerParts) {
    this.#parts = parts;
    this.#plan = { ...DEFAULT_SEQUENCER_PLAN, ...parts.plan };
    this.#update = new WitnessUpdate(parts.witness, parts.ledger, parts.signer.verifierKey);
  }

  /** Entries that waited for their leaf after the last round, counted up to 10,000. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * Compares database and witness, brings the witness up to date, and starts the rounds. Rejects, and runs nothing, when the
   * database is behind the witness (`audit-ledger-rolled-back`), is not its continuation (`audit-ledger-forked`), or cannot be read.
   */
  async start(): Promise<void> {
    await this.#inTurn(() => this.#round());
    this.#stopped = false;
    this.#schedule(0);
  }

  /** Ends the rounds when every entry has its leaf, after two seconds at the latest. Never rejects: what is left waits in the database. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting?.stop();
    await this.#drain().catch((error: unknown) => this.#parts.onFailure(error));
  }

  /** Appends every entry that is committed below the horizon now; resolves with the size of the log. */
  async flush(): Promise<number> {
    for (;;) {
      const { outcome, size } = await this.#inTurn(() => this.#round());
      if (outcome === 'idle') return size;
    }
  }

  /** Entries above the horizon wait for transactions of anybody on the same database server, but a stop does not wait for ever. */
  async #drain(): Promise<void> {
    for (let attempt = 1; attempt <= STOP_ATTEMPTS; attempt += 1) {
      await this.flush();
      if (this.#pending === 0) return;
      await new Promise<void>((resume) => {
        (this.#parts.timer ?? systemTimer).after(STOP_PAUSE_MS, resume);
      });
    }
  }

  #schedule(delayMs: number): void {
    if (this.#stopped) return;
    this.#waiting = (this.#parts.timer ?? systemTimer).after(delayMs, () => void this.#runScheduled());
  }

  async #runScheduled(): Promise<void> {
    const delayMs = await this.#inTurn(() => this.#round()).then(
      ({ outcome, appended }) =>
        outcome === 'sequenced' && appended === this.#plan.batch ? 0 : this.#plan.intervalMs,
      (error: unknown) => {
        this.#parts.onFailure(error);
        return this.#plan.intervalMs;
      },
    );
    this.#schedule(delayMs);
  }

  /** Rounds of one sequencer never overlap. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#running.then(work);
    this.#running = turn.catch(() => undefined);
    return turn;
  }

  async #round(): Promise<SequencerRound> {
    // The witness is asked first: a checkpoint that arrives in between makes the database newer, never older.
    const seen = await this.#update.seen();
    const view = await this.#parts.ledger.read(this.#plan.batch);
    const round = view === undefined ? lostRound() : await this.#sequence(view, seen);
    this.#pending = round.pending;
    this.#parts.onRound?.(round);
    return round;
  }

  async #sequence(view: SequencerView, seen: Checkpoint | undefined): Promise<SequencerRound> {
    const known = await this.#update.toHead(view.head, seen);
    const { entries, pending, lagMs } = view;
    const size = known?.size ?? 0;
    if (entries.length === 0) return { outcome: 'idle', appended: 0, size, pending, lagMs };
    this.#rejectRefusedBase(size);
    this.#rejectSkewedClock(view.now);
    const isAppended = await this.#append(view, known);
    this.#refusedAt = isAppended ? undefined : size;
    if (!isAppended) return { outcome: 'lost', appended: 0, size, pending, lagMs };
    const appended = entries.length;
    return {
      outcome: 'sequenced',
      appended,
      size: size + appended,
      pending: Math.max(0, pending - appended),
      lagMs,
    };
  }

  async #append(view: SequencerView, known: Checkpoint | undefined): Promise<boolean> {
    const { entries, edge } = view;
    const state: LedgerState = known ?? EMPTY_LEDGER;
    const commitments = await commitEntries(entries);
    const { size, root, tiles } = await appendLeaves(state, heldTiles(edge), commitments);
    const time = this.#timeAfter(known);
    const note = signCheckpoint({ origin: this.#parts.signer.name, size, root, time }, this.#parts.signer);
    const isStored = await this.#parts.ledger.append({
      base: state.size,
      entries,
      commitments,
      tiles,
      size,
      note,
    });
    if (isStored) await this.#update.append({ note, lastEntryId: entries.at(-1)?.id ?? '' });
    return isStored;
  }

  /** Times of successive checkpoints never fall, whichever server signed the one before. */
  #timeAfter(known: Checkpoint | undefined): string {
    const now = new Date(this.#parts.clock.now()).toISOString();
    return known !== undefined && known.time > now ? known.time : now;
  }

  /** A base that is refused twice while it is still the newest was not taken by another sequencer: leaves lie beyond it. */
  #rejectRefusedBase(size: number): void {
    if (this.#refusedAt !== size) return;
    this.#refusedAt = undefined;
    throw auditErrors.error('audit-ledger-inconsistent', {
      detail: `leaves beyond the checkpoint of size ${size}`,
    });
  }

  #rejectSkewedClock(databaseNow: number): void {
    const skewMs = this.#parts.clock.now() - databaseNow;
    if (Math.abs(skewMs) <= MOST_SKEW_MS) return;
    throw auditErrors.error('audit-clock-skewed', { detail: `server minus database: ${skewMs} ms` });
  }
}

async function commitEntries(entries: readonly SequencedEntryRow[]): Promise<Buffer[]> {
  const commitments: Buffer[] = [];
  for (const row of entries) {
    commitments.push(commitEntry(ledgerEntryOf(row), row.salt));
    if (commitments.length % COMMITMENTS_AT_ONCE === 0) await yieldToOthers();
  }
  return commitments;
}

function lostRound(): SequencerRound {
  return { outcome: 'lost', appended: 0, size: 0, pending: 0, lagMs: 0 };
}
