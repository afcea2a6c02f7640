import { AccessLogPage, type PageQuery } from '@careward/api-schema';
import { type AccountId, newId, type PatientId } from '@careward/kernel';
import { verifyConsistency, verifyProofFile } from '@careward/ledger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testClinicContext } from '../../../test-harness/contexts.ts';
import { openTestLedger, settle, type TestLedger, writeEntries } from '../../../test-harness/ledger.ts';
import { type SeededClinic, seedTwoClinics } from '../../../test-harness/seeded-clinics.ts';
import { recordedRead } from '../../audit/index.ts';
import type { ClinicContext } from '../../request-context/index.ts';
import { AccessLogRepository } from './access-log.repository.ts';
import { AccessLogService } from './access-log.service.ts';
import { LedgerPublicationRepository } from './ledger-publication.repository.ts';
import { LedgerPublicationService } from './ledger-publication.service.ts';

let ledger: TestLedger;
let service: AccessLogService;
let a: SeededClinic;
let b: SeededClinic;
beforeAll(async () => {
  ledger = await openTestLedger();
  ({ a, b } = await seedTwoClinics(ledger.test.database));
  const names = (ids: readonly AccountId[]) => new Map(ids.map((id) => [id, `name of ${id}`]));
  const users = { displayNames: async (_: unknown, ids: readonly AccountId[]) => names(ids) };
  service = new AccessLogService(new AccessLogRepository(ledger.test.database), users);
});
afterAll(() => ledger.close());

const page = (query: Partial<PageQuery> = {}): PageQuery => ({ limit: 25, ...query });
const privacyOfficer = () =>
  testClinicContext(a.clinicId, { actorId: a.doctorId, actorRole: 'CLINIC_ADMIN', purpose: 'HCOMPL' });
const themselves = () =>
  testClinicContext(a.clinicId, {
    actorId: a.patientAccountId,
    actorRole: 'PATIENT',
    purpose: 'PATRQT',
    scope: 'own',
  });
const list = (context: ClinicContext, patientId: string, query?: Partial<PageQuery>) =>
  service.list(context, patientId as PatientId, page(query));

async function readOwnPatient(times: number): Promise<void> {
  const clinic = ledger.test.database.forClinic(testClinicContext(a.clinicId, { actorId: a.doctorId }));
  const target = clinic.build.selectFrom('patient').select('id').where('id', '=', a.own.patientId);
  const access = { action: 'patient.read', resourceType: 'patient', patientColumn: 'id' } as const;
  for (let read = 0; read < times; read += 1) await clinic.run(recordedRead(clinic.build, access, target));
}

describe('the access log of a patient', () => {
  it('says who, when, what and why, newest first, and answers as the API describes', async () => {
    await readOwnPatient(1);
    const { items } = AccessLogPage.parse(await list(privacyOfficer(), a.own.patientId));
    expect(items[0]).toMatchObject({
      action: 'patient.read',
      actorId: a.doctorId,
      actorRole: 'DOCTOR',
      actorName: `name of ${a.doctorId}`,
      purpose: 'TREAT',
      outcome: 'success',
      address: '192.0.2.1',
      resourceId: a.own.patientId,
    });
    expect(items.map(({ action }) => action)).toContain('medical-record.create');
    const ids = items.map(({ entryId }) => Number(entryId));
    expect(ids).toEqual(ids.toSorted((x, y) => y - x));
  });

  it('reading it is an access that it shows', async () => {
    await list(privacyOfficer(), a.own.patientId);
    const [latest, ...others] = (await list(themselves(), a.own.patientId)).items;
    expect(latest).toMatchObject({
      action: 'access-log.read',
      resourceType: 'access-log',
      purpose: 'HCOMPL',
      actorRole: 'CLINIC_ADMIN',
    });
    expect(others[0]?.entryId).not.toBe(latest?.entryId);
  });

  it('shows the person the own log and nobody else’s', async () => {
    const { items } = await list(themselves(), a.own.patientId);
    expect(items.length).toBeGreaterThan(0);
    await expect(list(themselves(), a.other.patientId)).rejects.toMatchObject({ code: 'patient-not-found' });
  });

  it('the database itself shows a person no entry of another’s', async () => {
    const own = ledger.test.database.forClinic(themselves());
    const rows = await own.run(own.build.selectFrom('audit_entry').select('patient_id').distinct());
    expect(rows).toEqual([{ patient_id: a.own.patientId }]);
  });

  it.each([
    ['of another clinic', () => b.own.patientId],
    ['who does not exist', () => newId()],
  ])('a patient %s is not found, and the attempt is recorded', async (_, patientId) => {
    const asked = patientId();
    await expect(list(privacyOfficer(), asked)).rejects.toMatchObject({ code: 'patient-not-found' });
    const clinic = ledger.test.database.forClinic(privacyOfficer());
    const tried = await clinic.run(
      clinic.build
        .selectFrom('audit_entry')
        .select(['outcome', 'patient_id'])
        .where('resource_id', '=', asked),
    );
    expect(tried).toEqual([{ outcome: 'not-found', patient_id: null }]);
  });

  it('an entry that has no leaf yet has no proof yet', async () => {
    await settle(ledger.sequencer);
    await readOwnPatient(1);
    const { items } = await list(privacyOfficer(), a.own.patientId);
    expect(items[0]?.proof).toBeNull();
    expect(items[1]?.proof).not.toBeNull();
  });

  it('every item is proved offline, with nothing but the public key', async () => {
    await writeEntries(ledger.test.database, 300);
    await readOwnPatient(3);
    await writeEntries(ledger.test.database, 300);
    await settle(ledger.sequencer);
    const { items } = await list(privacyOfficer(), a.own.patientId, { limit: 100 });
    expect(items.length).toBeGreaterThan(5);
    for (const item of items) {
      const verdict = verifyProofFile(JSON.stringify(item.proof), ledger.signer.verifierKey);
      expect(verdict).toMatchObject({ proved: true });
      if (verdict.proved) {
        const { id, at, actorId, action, purpose, patientId } = verdict.entry;
        expect({ id, at, actorId, action, purpose }).toEqual({
          id: item.entryId,
          at: item.at,
          actorId: item.actorId,
          action: item.action,
          purpose: item.purpose,
        });
        expect(patientId).toBe(a.own.patientId);
      }
      const doctored = { ...item.proof, entry: { ...item.proof?.entry, actorId: newId() } };
      expect(verifyProofFile(doctored, ledger.signer.verifierKey)).toMatchObject({ proved: false });
    }
  });

  it('pages without gap or repetition while entries are added', async () => {
    const all = (await list(privacyOfficer(), a.own.patientId, { limit: 100 })).items.map(
      ({ entryId }) => entryId,
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    for (;;) {
      const next = await list(privacyOfficer(), a.own.patientId, {
        limit: 3,
        ...(cursor !== undefined && { cursor }),
      });
      seen.push(...next.items.map(({ entryId }) => entryId));
      if (next.nextCursor === null) break;
      cursor = next.nextCursor;
    }
    // The reads themselves are entries too, newer than the first page.
    expect(seen.slice(1)).toEqual(all);
  });

  it.each(['0', '-1', 'x', '1_0', '9'.repeat(19)])('refuses the cursor %s', async (cursor) => {
    await expect(list(privacyOfficer(), a.own.patientId, { cursor })).rejects.toMatchObject({
      code: 'cursor-malformed',
    });
  });

  it('costs two round trips to the ledger, however many items a page has', async () => {
    await settle(ledger.sequencer);
    for (const limit of [1, 3, 100]) {
      const before = ledger.test.database.roundTrips;
      await list(privacyOfficer(), a.own.patientId, { limit });
      expect(ledger.test.database.roundTrips - before).toBe(2);
    }
  });

  it('discloses nothing when the read cannot be recorded', async () => {
    await ledger.test.asOwner('revoke insert on audit_entry from careward_app');
    await expect(list(privacyOfficer(), a.own.patientId)).rejects.toMatchObject({
      code: 'persistence-refused',
    });
  });
});

describe('the public side of the ledger', () => {
  it('has nothing to show before the first entry', async () => {
    const empty = await openTestLedger();
    const published = new LedgerPublicationService(
      new LedgerPublicationRepository(empty.test.database),
      empty.signer.verifierKey,
    );
    const { origin } = privacyOfficer();
    await expect(published.checkpoint(origin)).rejects.toMatchObject({ code: 'audit-ledger-empty' });
    await expect(published.consistency(origin, 1, 1)).rejects.toMatchObject({ code: 'audit-ledger-empty' });
    await empty.close();
  });

  it('lets anybody prove that a checkpoint they kept is the beginning of the newest', async () => {
    const published = new LedgerPublicationService(
      new LedgerPublicationRepository(ledger.test.database),
      ledger.signer.verifierKey,
    );
    const { origin } = privacyOfficer();
    const { openCheckpoint } = await import('@careward/ledger');
    const newest = openCheckpoint(await published.checkpoint(origin), published.verifierKey);
    const kept = ledger.witness.checkpoints.map(({ note }) => openCheckpoint(note, published.verifierKey));
    expect(kept.length).toBeGreaterThan(1);
    for (const { size, root } of kept) {
      const { path } = await published.consistency(origin, size, newest.size);
      const claim = { fromSize: size, fromRoot: root, toSize: newest.size, toRoot: newest.root };
      expect(verifyConsistency({ ...claim, path: path.map((hash) => Buffer.from(hash, 'base64')) })).toBe(
        true,
      );
    }
    for (const [from, to] of [
      [2, 1],
      [1, newest.size + 1],
    ] as const) {
      await expect(published.consistency(origin, from, to)).rejects.toMatchObject({
        code: 'ledger-index-out-of-range',
      });
    }
  });
});
