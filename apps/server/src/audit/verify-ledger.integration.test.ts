import { createHash } from 'node:crypto';
import { type Finding, leafHash, signCheckpoint } from '@careward/ledger';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openTestLedger, settle, type TestLedger, writeEntries } from '../../test-harness/ledger.ts';
import { LedgerAttacker } from '../../test-harness/ledger-attacker.ts';
import { verifyLedger } from './verify-ledger.ts';

/** Sizes of the checkpoints that the attacked log has: more than one tile, then two ordinary ones. */
const BATCHES = [270, 8, 22];
const SIZE = 300;
/** A leaf in the second of three checkpoints, away from every edge. */
const LEAF = 274;

const otherValue: Record<string, string> = {
  id: "'900000'",
  at: "at + interval '1 millisecond'",
  clinic_id: 'gen_random_uuid()',
  actor_id: 'gen_random_uuid()',
  actor_role: "'NURSE'",
  purpose: "'ETREAT'",
  request_id: 'gen_random_uuid()',
  address: "'203.0.113.9'",
  agent: 'null',
  action: "'patient.update'",
  resource_type: "'patient'",
  resource_id: "'somebody else'",
  patient_id: 'gen_random_uuid()',
  outcome: "'refused'",
  reason: "'because'",
  salt: "sha256('another')",
};

describe('the owner of the database tampers with the log', () => {
  let ledger: TestLedger;
  let attacker: LedgerAttacker;
  /** Entry ids by leaf index. */
  let ids: string[];
  beforeAll(async () => {
    ledger = await openTestLedger();
    for (const count of BATCHES) {
      await writeEntries(ledger.test.database, count);
      await settle(ledger.sequencer);
    }
    const leaves = await ledger.test.asOwner<{ entry_id: string }>(
      'select entry_id from ledger_leaf order by leaf_index',
    );
    ids = leaves.map(({ entry_id }) => entry_id);
    attacker = new LedgerAttacker(ledger.test);
    await attacker.prepare();
  });
  afterEach(() => attacker.restore());
  afterAll(() => ledger.close());

  const entry = (leaf: number) => ids[leaf] ?? 'no such leaf';

  /** What verification finds after an attack. */
  async function findingsAfter(sql: string): Promise<Finding[]> {
    await attacker.run(sql);
    const report = await ledger.verify();
    expect(report.ok).toBe(false);
    return report.findings;
  }

  const named = (findings: readonly Finding[], ...kinds: string[]) =>
    findings.filter(({ kind }) => kinds.includes(kind)).map(({ entryId }) => entryId);

  it('finds nothing in a log that nobody touched', async () => {
    const report = await ledger.verify();
    expect(report).toMatchObject({
      ok: true,
      size: SIZE,
      checkpoints: 3,
      findings: [],
      pending: 0,
      witnessedSize: SIZE,
    });
  });

  it('has an attack for every column of an entry', async () => {
    const columns = await ledger.test.asOwner<{ name: string }>(
      "select attname as name from pg_attribute where attrelid = 'audit_entry'::regclass and attnum > 0",
    );
    expect(columns.map(({ name }) => name).sort()).toEqual(['xid', ...Object.keys(otherValue)].sort());
  });

  it.each(Object.keys(otherValue).filter((column) => column !== 'id'))(
    'an entry with another %s is altered',
    async (column) => {
      const findings = await findingsAfter(
        `update audit_entry set ${column} = ${otherValue[column]} where id = ${entry(LEAF)}`,
      );
      expect(named(findings, 'altered')).toEqual([entry(LEAF)]);
    },
  );

  it('an entry with another id is missing', async () => {
    const findings = await findingsAfter(`update audit_entry set id = 900000 where id = ${entry(LEAF)}`);
    expect(named(findings, 'missing')).toContain(entry(LEAF));
  });

  it('an entry given a time that is no time is altered', async () => {
    for (const time of ['infinity', '-infinity', '20000-01-01', '0044-03-15 BC']) {
      const findings = await findingsAfter(`update audit_entry set at = '${time}' where id = ${entry(LEAF)}`);
      expect(named(findings, 'altered')).toContain(entry(LEAF));
      await attacker.restore();
    }
  });

  it('an entry given the transaction of another time is found where it ends a checkpoint', async () => {
    const last = entry(SIZE - 1);
    const findings = await findingsAfter(`update audit_entry set xid = '5' where id = ${last}`);
    expect(named(findings, 'altered')).toEqual([last]);
  });

  it('an entry that is deleted is missing', async () => {
    const findings = await findingsAfter(`delete from audit_entry where id = ${entry(LEAF)}`);
    expect(named(findings, 'missing')).toEqual([entry(LEAF)]);
  });

  it('an entry whose leaf is deleted is missing', async () => {
    const findings = await findingsAfter(`delete from ledger_leaf where leaf_index = ${LEAF}`);
    expect(named(findings, 'missing')).toContain(entry(LEAF));
  });

  it('an entry deleted with its leaf is missing and named by its neighbours', async () => {
    const findings = await findingsAfter(
      `delete from audit_entry where id = ${entry(LEAF)}; delete from ledger_leaf where leaf_index = ${LEAF}`,
    );
    expect(findings).toMatchObject([{ kind: 'missing', index: LEAF, entryId: entry(LEAF) }]);
  });

  it('an entry deleted with its leaf, and the rest numbered anew, is missing and named', async () => {
    const findings = await findingsAfter(`
      delete from audit_entry where id = ${entry(LEAF)};
      delete from ledger_leaf where leaf_index = ${LEAF};
      update ledger_leaf set leaf_index = leaf_index - 1 where leaf_index > ${LEAF}`);
    expect(findings).toContainEqual(
      expect.objectContaining({ kind: 'missing', index: LEAF, entryId: entry(LEAF) }),
    );
  });

  it('two entries that change places are reordered', async () => {
    const findings = await findingsAfter(`
      update ledger_leaf set leaf_index = ${2 * LEAF + 2} - leaf_index where leaf_index in (${LEAF}, ${LEAF + 2})`);
    expect(named(findings, 'reordered').sort()).toEqual([entry(LEAF), entry(LEAF + 2)].sort());
  });

  it('two entries that change contents are named', async () => {
    const [a, b] = [entry(LEAF), entry(LEAF + 2)];
    const findings = await findingsAfter(
      `update audit_entry set id = case id when ${a} then ${b} else ${a} end where id in (${a}, ${b})`,
    );
    expect(named(findings, 'reordered', 'altered').sort()).toEqual([a, b].sort());
  });

  it('an entry that is back-dated with a fitting commitment, leaf and tile is found', async () => {
    const id = entry(LEAF);
    const forged = createHash('sha256').update('a commitment that fits').digest();
    const hash = leafHash(forged);
    const findings = await findingsAfter(`
      update audit_entry set at = at - interval '1 day' where id = ${id};
      update ledger_leaf set commitment = '\\x${forged.toString('hex')}' where entry_id = ${id};
      update ledger_tile set hashes = overlay(hashes placing '\\x${hash.toString('hex')}' from ${(LEAF - 256) * 32 + 1} for 32)
        where level = 0 and tile_index = 1`);
    expect(named(findings, 'altered', 'back-dated')).toContain(id);
  });

  it('an entry that is put in before others is inserted', async () => {
    const findings = await findingsAfter(`
      insert into audit_entry select 900001, xid, at, clinic_id, actor_id, actor_role, purpose, request_id, address, agent, action,
        resource_type, resource_id, patient_id, outcome, reason, salt from audit_entry where id = ${entry(LEAF)};
      update ledger_leaf set leaf_index = leaf_index + 1 where leaf_index >= ${LEAF};
      insert into ledger_leaf values (${LEAF}, 900001, sha256('forged'))`);
    expect(named(findings, 'inserted', 'altered')).toContain('900001');
  });

  it('an entry that is put in beyond the last checkpoint is inserted', async () => {
    const findings = await findingsAfter(`
      insert into audit_entry select 900001, xid, at, clinic_id, actor_id, actor_role, purpose, request_id, address, agent, action,
        resource_type, resource_id, patient_id, outcome, reason, salt from audit_entry where id = ${entry(LEAF)};
      insert into ledger_leaf values (${SIZE}, 900001, sha256('forged'))`);
    expect(named(findings, 'inserted')).toContain('900001');
  });

  it.each([
    ['an earlier transaction', "'3'"],
    ['a transaction that never was', "'9000000000'"],
  ])('an entry that is put in with %s and no leaf is named', async (_, xid) => {
    const findings = await findingsAfter(`
      insert into audit_entry select 900001, ${xid}, at - interval '1 day', clinic_id, actor_id, actor_role, purpose, request_id, address,
        agent, action, resource_type, resource_id, patient_id, outcome, reason, salt from audit_entry where id = ${entry(LEAF)}`);
    expect(named(findings, 'missing')).toContain('900001');
  });

  it('a log cut back to an earlier checkpoint, entries and all, is truncated; only the witness knows', async () => {
    const cut = `
      delete from ledger_checkpoint where tree_size > 278;
      delete from ledger_leaf where leaf_index >= 278;
      delete from audit_entry where id > ${entry(277)};
      update ledger_tile set hashes = substring(hashes from 1 for 32 * 22) where level = 0 and tile_index = 1`;
    const findings = await findingsAfter(cut);
    expect(findings.map(({ kind }) => kind)).toEqual(['truncated', 'truncated']);
    expect(named(findings, 'truncated')).toContain(entry(SIZE - 1));
    const blind = await verifyLedger(ledger.test.database, ledger.signer.verifierKey, undefined);
    expect(blind).toMatchObject({ ok: true, witnessedSize: null });
  });

  it('a log cut back that keeps the entries names every entry that lost its leaf', async () => {
    const findings = await findingsAfter(`
      delete from ledger_checkpoint where tree_size > 278;
      delete from ledger_leaf where leaf_index >= 278;
      update ledger_tile set hashes = substring(hashes from 1 for 32 * 22) where level = 0 and tile_index = 1`);
    expect(
      named(findings, 'truncated')
        .filter((id) => id !== undefined)
        .sort(),
    ).toEqual(ids.slice(278).sort());
  });

  it('a checkpoint that is removed leaves its entries named', async () => {
    const findings = await findingsAfter(`delete from ledger_checkpoint where tree_size = ${SIZE}`);
    expect(named(findings, 'inserted').sort()).toEqual(ids.slice(278).sort());
  });

  it('a checkpoint that somebody without the key made is refused', async () => {
    const findings = await findingsAfter(
      `update ledger_checkpoint set note = replace(note, E'\\n278\\n', E'\\n279\\n')`,
    );
    expect(findings).toMatchObject([{ kind: 'bad-signature' }]);
  });

  it('a checkpoint that names another last entry is found', async () => {
    const findings = await findingsAfter(
      `update ledger_checkpoint set last_entry_id = 1 where tree_size = 278`,
    );
    expect(findings).toMatchObject([{ kind: 'altered', index: 277 }]);
  });

  it('a fork signed with the stolen key is found by the witness', async () => {
    const time = new Date().toISOString();
    const root = createHash('sha256').update('another tree').digest();
    const note = signCheckpoint({ origin: ledger.signer.name, size: SIZE, root, time }, ledger.signer);
    const findings = await findingsAfter(
      `update ledger_checkpoint set note = '${note}' where tree_size = ${SIZE}`,
    );
    expect(findings.map(({ kind }) => kind)).toContain('altered');
    const kept = ledger.witness.checkpoints;
    ledger.witness.checkpoints = [{ note, lastEntryId: entry(SIZE - 1) }];
    await attacker.restore();
    expect((await ledger.verify()).findings).toMatchObject([{ kind: 'forked' }]);
    ledger.witness.checkpoints = kept;
  });

  it('a tile that is emptied is found', async () => {
    const findings = await findingsAfter('delete from ledger_tile where level = 0 and tile_index = 0');
    expect(findings.map(({ kind }) => kind)).toContain('bad-tile');
  });

  it('everything deleted is everything truncated', async () => {
    const findings = await findingsAfter(
      'delete from ledger_checkpoint; delete from ledger_leaf; delete from ledger_tile; delete from audit_entry',
    );
    expect(named(findings, 'truncated')).toContain(entry(SIZE - 1));
  });
});
