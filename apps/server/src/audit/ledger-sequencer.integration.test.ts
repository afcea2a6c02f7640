import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testIdentityContext } from '../../test-harness/contexts.ts';
import {
  MemoryWitness,
  openTestLedger,
  settle,
  type TestLedger,
  testSequencer,
  writeEntries,
} from '../../test-harness/ledger.ts';
import { LedgerSequenceRepository } from './ledger-sequence.repository.ts';
import type { SequencerRound } from './ledger-sequencer.ts';

let ledger: TestLedger;
beforeAll(async () => {
  ledger = await openTestLedger();
});
beforeEach(() => ledger.reset());
afterAll(() => ledger.close());

async function expectWhole(entries: number): Promise<void> {
  expect(await settle(ledger.sequencer)).toBe(entries);
  const [counts] = await ledger.test.asOwner(`
    select (select count(*)::int from ledger_leaf) as leaves, (select count(distinct entry_id)::int from ledger_leaf) as entries`);
  expect(counts).toEqual({ leaves: entries, entries });
  expect(await ledger.verify()).toMatchObject({
    ok: true,
    size: entries,
    pending: 0,
    witnessedSize: entries,
  });
}

describe('sequencing', () => {
  it('an empty log stays empty', async () => {
    await ledger.sequencer.start();
    await ledger.sequencer.stop();
    expect(await ledger.verify()).toMatchObject({ ok: true, size: 0, witnessedSize: null });
  });

  it('every entry becomes one leaf, in the order of transactions, whatever the size of the batches', async () => {
    const small = testSequencer(ledger.test.database, ledger.signer, ledger.witness, { plan: { batch: 7 } });
    for (const count of [1, 6, 7, 8, 30, 300]) await writeEntries(ledger.test.database, count);
    await settle(small);
    await expectWhole(352);
    const rows = await ledger.test.asOwner<{ entry_id: string }>(
      'select entry_id from ledger_leaf order by leaf_index',
    );
    const ids = rows.map(({ entry_id }) => Number(entry_id));
    expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  });

  it('reports what waits and how long it has waited', async () => {
    const rounds: SequencerRound[] = [];
    const small = testSequencer(ledger.test.database, ledger.signer, ledger.witness, {
      plan: { batch: 10 },
      onRound: (round) => rounds.push(round),
    });
    await writeEntries(ledger.test.database, 25);
    await settle(small);
    const sequenced = rounds.filter(({ outcome }) => outcome === 'sequenced');
    expect(sequenced.map(({ appended, pending, size }) => [appended, pending, size])).toEqual([
      [10, 15, 10],
      [10, 5, 20],
      [5, 0, 25],
    ]);
    expect(sequenced.every(({ lagMs }) => lagMs >= 0 && lagMs < 20_000)).toBe(true);
    expect(rounds.at(-1)).toMatchObject({ outcome: 'idle', pending: 0, lagMs: 0 });
  });

  it('runs by itself within a second of an entry, and stops with everything sequenced', async () => {
    await ledger.sequencer.start();
    await writeEntries(ledger.test.database, 3);
    await expect
      .poll(() => ledger.witness.checkpoints.length, { timeout: 10_000, interval: 20 })
      .toBeGreaterThan(0);
    await writeEntries(ledger.test.database, 2);
    await ledger.sequencer.stop();
    await expectWhole(5);
  });

  it('a checkpoint is never dated before the one it continues, though the next server’s clock lags', async () => {
    await writeEntries(ledger.test.database, 1);
    await settle(ledger.sequencer);
    const clock = { now: () => Date.now() - 30_000 };
    await writeEntries(ledger.test.database, 1);
    await settle(testSequencer(ledger.test.database, ledger.signer, ledger.witness, { clock }));
    await expectWhole(2);
  });

  it('nothing is signed while the clocks of server and database differ by minutes, and nothing is lost', async () => {
    const failures: unknown[] = [];
    const clock = { now: () => Date.now() - 120_000 };
    const skewed = testSequencer(ledger.test.database, ledger.signer, ledger.witness, {
      clock,
      onFailure: (e) => failures.push(e),
    });
    await writeEntries(ledger.test.database, 1);
    await expect(settle(skewed)).rejects.toMatchObject({ code: 'audit-clock-skewed' });
    await expectWhole(1);
  });
});

describe('the snapshot horizon', () => {
  it('an entry whose transaction began earlier and commits later is not passed over', async () => {
    if (ledger.test.kind === 'embedded') return; // One connection: transactions there cannot overlap.
    const { database } = ledger.test;
    const late = database.forIdentity(testIdentityContext());
    const begun = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const entry = { action: 'late', resource_type: 'test', outcome: 'success' as const, clinic_id: null };
    const open = late.transaction(async (tx) => {
      await tx.run(tx.build.insertInto('audit_entry').values(entry));
      begun.resolve();
      await release.promise;
    });
    await begun.promise;
    await writeEntries(database, 5);
    expect(await ledger.sequencer.flush()).toBe(0);
    expect(ledger.sequencer.pending).toBe(5);
    release.resolve();
    await open;
    await expectWhole(6);
    const [first] = await ledger.test.asOwner<{ entry_id: string }>(
      'select entry_id from ledger_leaf where leaf_index = 0',
    );
    expect(first?.entry_id).toBe('1');
  });

  it('fifty writers at once while two sequencers run: as many leaves as entries', async () => {
    const { database } = ledger.test;
    const second = testSequencer(database, ledger.signer, new MemoryWitness(), {
      plan: { intervalMs: 7, batch: 31 },
    });
    const first = testSequencer(database, ledger.signer, ledger.witness, {
      plan: { intervalMs: 5, batch: 20 },
    });
    await Promise.all([first.start(), second.start()]);
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        for (let round = 0; round < 4; round += 1) await writeEntries(database, 1 + (round % 3));
      }),
    );
    await Promise.all([first.stop(), second.stop()]);
    await expectWhole(50 * 7);
  });
});

describe('two sequencers at once', () => {
  it('exactly one appends a batch; the other finds it done', async () => {
    await writeEntries(ledger.test.database, 40);
    await settle(
      testSequencer(ledger.test.database, ledger.signer, ledger.witness, { plan: { batch: 1_000 } }),
    );
    await writeEntries(ledger.test.database, 40);
    const rounds: SequencerRound[] = [];
    const racers = [0, 1, 2, 3].map(() =>
      testSequencer(ledger.test.database, ledger.signer, new MemoryWitness(), {
        onRound: (round) => rounds.push(round),
      }),
    );
    await Promise.all(racers.map((racer) => settle(racer)));
    expect(rounds.reduce((sum, { appended }) => sum + appended, 0)).toBe(40);
    await expectWhole(80);
  });

  it('every witness learns the checkpoints that another server signed', async () => {
    const other = new MemoryWitness();
    const second = testSequencer(ledger.test.database, ledger.signer, other);
    await second.start();
    await second.stop();
    await writeEntries(ledger.test.database, 300);
    await settle(ledger.sequencer);
    await writeEntries(ledger.test.database, 9);
    await settle(ledger.sequencer);
    await settle(second);
    expect(await other.latest()).toEqual(await ledger.witness.latest());
  });
});

describe('crashes', () => {
  it('between the data and the checkpoint: the next round sequences the same entries', async () => {
    await writeEntries(ledger.test.database, 10);
    const dying = new LedgerSequenceRepository(ledger.test.database);
    dying.append = () => Promise.reject(new Error('killed'));
    const sequencer = testSequencer(ledger.test.database, ledger.signer, ledger.witness, { ledger: dying });
    await expect(settle(sequencer)).rejects.toThrow('killed');
    await expectWhole(10);
  });

  it('between the commit of a checkpoint and its answer: nothing is appended twice', async () => {
    await writeEntries(ledger.test.database, 10);
    const deaf = new LedgerSequenceRepository(ledger.test.database);
    const append = deaf.append.bind(deaf);
    deaf.append = async (batch) => {
      await append(batch);
      throw new Error('connection lost');
    };
    const sequencer = testSequencer(ledger.test.database, ledger.signer, ledger.witness, { ledger: deaf });
    await expect(settle(sequencer)).rejects.toThrow('connection lost');
    await expectWhole(10);
  });

  it('between the checkpoint and the witness: no further checkpoint until the witness knows this one', async () => {
    await writeEntries(ledger.test.database, 10);
    ledger.witness.failure = new Error('disk full');
    await expect(settle(ledger.sequencer)).rejects.toThrow('disk full');
    await writeEntries(ledger.test.database, 5);
    await expect(settle(ledger.sequencer)).rejects.toThrow('disk full');
    const [stored] = await ledger.test.asOwner('select count(*)::int as checkpoints from ledger_checkpoint');
    expect(stored).toEqual({ checkpoints: 1 });
    ledger.witness.failure = undefined;
    await expectWhole(15);
    expect(ledger.witness.checkpoints).toHaveLength(2);
  });

  it('a failing round is told and tried again', async () => {
    const failures: unknown[] = [];
    const sequencer = testSequencer(ledger.test.database, ledger.signer, ledger.witness, {
      plan: { intervalMs: 5 },
      onFailure: (error) => failures.push(error),
    });
    await sequencer.start();
    ledger.witness.failure = new Error('disk full');
    await writeEntries(ledger.test.database, 3);
    await expect.poll(() => failures.length, { timeout: 10_000 }).toBeGreaterThan(2);
    ledger.witness.failure = undefined;
    await sequencer.stop();
    await expectWhole(3);
  });
});

describe('a database that is not the one it was', () => {
  beforeEach(async () => {
    for (const count of [260, 5]) {
      await writeEntries(ledger.test.database, count);
      await settle(ledger.sequencer);
    }
  });

  it('rolled back behind its witness: it does not start and signs nothing', async () => {
    await ledger.test.asOwner(`
      delete from ledger_checkpoint where tree_size > 260; delete from ledger_leaf where leaf_index >= 260;
      update ledger_tile set hashes = substring(hashes from 1 for 128) where level = 0 and tile_index = 1`);
    await expect(ledger.sequencer.start()).rejects.toMatchObject({ code: 'audit-ledger-rolled-back' });
    await ledger.test.asOwner('delete from ledger_checkpoint');
    await expect(ledger.sequencer.start()).rejects.toMatchObject({ code: 'audit-ledger-rolled-back' });
  });

  it('of another history: the witness does not follow it', async () => {
    const other = await openTestLedger();
    await writeEntries(other.test.database, 270);
    await settle(testSequencer(other.test.database, ledger.signer, other.witness));
    const strayed = testSequencer(other.test.database, ledger.signer, ledger.witness);
    await expect(strayed.start()).rejects.toMatchObject({ code: 'audit-ledger-forked' });
    expect(ledger.witness.checkpoints).toHaveLength(2);
    await other.close();
  });

  it('with leaves beyond the checkpoint: refused as inconsistent, not tried for ever', async () => {
    await ledger.test.asOwner(`
      alter table ledger_leaf drop constraint ledger_leaf_entry_id_fkey;
      insert into ledger_leaf values (265, 900001, sha256('forged'))`);
    await writeEntries(ledger.test.database, 1);
    await expect(settle(ledger.sequencer)).rejects.toMatchObject({ code: 'audit-ledger-inconsistent' });
  });

  it('with an edited edge of the tree: nothing is appended to it', async () => {
    await ledger.test.asOwner(`
      update ledger_tile set hashes = overlay(hashes placing sha256('forged') from 33 for 32) where level = 0 and tile_index = 1`);
    await writeEntries(ledger.test.database, 1);
    await expect(settle(ledger.sequencer)).rejects.toMatchObject({ code: 'ledger-state-mismatch' });
  });

  it('with a checkpoint of another key: refused', async () => {
    const stranger = await openTestLedger();
    const impostor = testSequencer(ledger.test.database, stranger.signer, new MemoryWitness());
    await expect(impostor.start()).rejects.toMatchObject({ code: 'ledger-signature-invalid' });
    const forgetful = testSequencer(ledger.test.database, stranger.signer, ledger.witness);
    await expect(forgetful.start()).rejects.toMatchObject({ code: 'audit-witness-damaged' });
    await stranger.close();
  });

  it('restored into a server that counts its transactions anew: old and new entries are sequenced once', async () => {
    await writeEntries(ledger.test.database, 4);
    await ledger.test.asOwner(`
      alter table audit_entry no force row level security;
      update audit_entry set xid = (xid::text::bigint + 5000000000)::text::xid8;
      update ledger_checkpoint set last_xid = (last_xid::text::bigint + 5000000000)::text::xid8`);
    await writeEntries(ledger.test.database, 3);
    const small = testSequencer(ledger.test.database, ledger.signer, ledger.witness, { plan: { batch: 3 } });
    await settle(small);
    await writeEntries(ledger.test.database, 2);
    await expectWhole(274);
  });
});
