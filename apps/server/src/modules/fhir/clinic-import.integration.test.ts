import { asClinicId } from '@careward/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testClinicContext, testIdentityContext } from '../../../test-harness/contexts.ts';
import { startTestServer, type TestServer } from '../../../test-harness/index.ts';
import type { ClinicContext } from '../../request-context/index.ts';
import {
  bundle,
  cough,
  doctor,
  hospital,
  patient,
  type Resource,
  visit,
} from './reading/test-harness/small-bundle.ts';

const PAGE = { limit: 100, after: null };
const REASON = 'The source has changed since it was imported.';

describe('an import into a clinic', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  async function freshClinic(): Promise<ClinicContext> {
    const clinic = await server.running.platform.clinics.create(
      testIdentityContext(),
      { name: 'Clinic' },
      null,
    );
    return testClinicContext(asClinicId(clinic.id));
  }
  const upload = (context: ClinicContext, ...resources: readonly Resource[]) =>
    server.running.platform.clinicImport.run(context, Buffer.from(JSON.stringify(bundle(...resources))));
  const run = (context: ClinicContext) => upload(context, hospital, doctor, patient, visit, cough);

  async function stored(context: ClinicContext) {
    const { patients, medicalRecords } = server.running.platform;
    const people = (await patients.list(context, PAGE)).items;
    const records = people.map(({ id }) => medicalRecords.list(context, id as never, PAGE));
    return { people, records: (await Promise.all(records)).flatMap(({ items }) => items) };
  }

  it('four at the same moment make one patient with one record', async () => {
    const context = await freshClinic();
    const reports = await Promise.all([0, 1, 2, 3].map(() => run(context)));
    const sum = (pick: (report: (typeof reports)[number]) => number) =>
      reports.reduce((all, report) => all + pick(report), 0);
    expect(reports.flatMap(({ refusals }) => refusals)).toEqual([]);
    expect(sum(({ patients }) => patients.created)).toBe(1);
    expect(sum(({ patients }) => patients.unchanged)).toBe(3);
    expect(sum(({ medicalRecords }) => medicalRecords.created)).toBe(1);
    const { people, records } = await stored(context);
    expect([people.length, records.length]).toEqual([1, 1]);
  });

  it('follows the source in the time and the practitioner of a visit, as a correction with its reason', async () => {
    const context = await freshClinic();
    await run(context);
    const before = await stored(context);
    const { participant, ...alone } = visit;
    const moved = { ...alone, period: { start: '2020-03-05T10:00:00Z', end: '2020-03-05T11:00:00Z' } };
    const report = await upload(context, hospital, doctor, patient, moved, cough);
    expect(report.medicalRecords).toEqual({ created: 0, updated: 1, unchanged: 0, refused: 0 });
    const [record] = (await stored(context)).records;
    expect(before.records[0]?.practitionerId).not.toBeNull();
    expect(record).toMatchObject({
      id: before.records[0]?.id,
      visitStart: '2020-03-05T10:00:00.000Z',
      visitEnd: '2020-03-05T11:00:00.000Z',
      practitionerId: null,
      version: 2,
    });
    const { items } = await server.running.platform.medicalRecords.history(context, record?.id as never);
    expect(items.map(({ correctionReason }) => correctionReason)).toEqual([null, REASON]);
  });

  it('leaves a doctor’s correction alone until the source itself changes, and then comes after it', async () => {
    const context = await freshClinic();
    await run(context);
    const [record] = (await stored(context)).records;
    const { medicalRecords } = server.running.platform;
    const correction = { diagnosis: 'Croup', treatment: 'Steam', reason: 'Heard it' };
    await medicalRecords.correct(context, record?.id as never, 1, correction);
    expect((await run(context)).medicalRecords).toMatchObject({ updated: 0, unchanged: 1 });
    expect((await stored(context)).records[0]).toMatchObject({ diagnosis: 'Croup', version: 2 });
    const changed = { ...cough, code: { text: 'Bronchitis' } };
    await upload(context, hospital, doctor, patient, visit, changed);
    const { items } = await medicalRecords.history(context, record?.id as never);
    expect(items.map(({ diagnosis }) => diagnosis)).toEqual([
      'Cough (finding) [SNOMED CT 49727002]',
      'Croup',
      'Bronchitis',
    ]);
  });

  it('stores no number of the source that a reader of the database could recognise', async () => {
    const context = await freshClinic();
    await run(context);
    const { database } = server.running.platform;
    const scope = database.forClinic(context);
    const [rows] = await scope.batch([
      scope.build.selectFrom('patient').select(['id', 'source_key', 'source_digest', 'identifiers', 'name']),
    ]);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.id).not.toBe(patient.id);
    expect(rows[0]?.source_key).toHaveLength(32);
    const bytes = Buffer.concat(
      [rows[0]?.source_key, rows[0]?.name, rows[0]?.source_digest].map((cell) => cell ?? Buffer.alloc(0)),
    );
    expect(bytes.includes(String(patient.id))).toBe(false);
  });

  it.each([
    ['nothing', undefined, 'fhir-'],
    ['no JSON', Buffer.from('Bundle'), 'fhir-json-malformed'],
    ['half of it', Buffer.from('{"resourceType":"Bundle","entry":[{'), 'fhir-json-truncated'],
    ['something else', Buffer.from('{"name":"x"}'), 'fhir-not-a-resource'],
  ])('of %s is refused as a whole', async (_, body, code) => {
    const context = await freshClinic();
    await expect(server.running.platform.clinicImport.run(context, body)).rejects.toMatchObject({
      code: expect.stringMatching(new RegExp(`^${code}`)),
    });
    expect((await stored(context)).people).toEqual([]);
  });
});
