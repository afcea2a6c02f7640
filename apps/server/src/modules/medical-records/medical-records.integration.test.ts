import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoClinics, type TestClient, withRoundTripsCounted } from '../../../test-harness/index.ts';

interface RecordBody {
  readonly id: string;
  readonly version: number;
  readonly diagnosis: string;
  readonly visitStart: string;
}
interface Items<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let doctor: TestClient;
let records: string;
beforeAll(async () => {
  server = await startTwoClinics();
  const { north } = server.world;
  doctor = north.staff.DOCTOR;
  records = `/api/v1/patients/${north.patientIds[1]}/medical-records`;
});
afterAll(() => server.stop());

const visit = (day: string, diagnosis = 'Influenza') => ({
  diagnosis,
  treatment: 'Rest',
  visitStart: `2026-${day}T10:00:00Z`,
});

describe('a medical record', () => {
  it('is written once for one Idempotency-Key', async () => {
    const once = doctor.with({ 'idempotency-key': 'record-1' });
    const [one, two] = await Promise.all([
      once.post<RecordBody>(records, visit('01-05')),
      once.post<RecordBody>(records, visit('01-05')),
    ]);
    expect([one.status, two.status, one.body.id]).toEqual([201, 201, two.body.id]);
  });

  it('keeps a text of every script and ten thousand characters', async () => {
    const diagnosis = `診断 مرض ${'x'.repeat(9_000)}\nsecond line`;
    const { body } = await doctor.post<RecordBody>(records, visit('01-06', diagnosis));
    expect((await doctor.get<RecordBody>(`/api/v1/medical-records/${body.id}`)).body.diagnosis).toBe(
      diagnosis,
    );
  });

  it('is not written for a patient who is not there, or by a practitioner of nobody', async () => {
    const absent = '01890000-0000-7000-8000-000000000000';
    expect(await doctor.post(`/api/v1/patients/${absent}/medical-records`, visit('01-07'))).toMatchObject({
      status: 404,
      body: { code: 'patient-not-found' },
    });
    expect(await doctor.post(records, { ...visit('01-07'), practitionerId: absent })).toMatchObject({
      status: 400,
      body: { code: 'medical-record-practitioner-unknown' },
    });
  });

  it('is listed with the latest visit first, page by page', async () => {
    for (const day of ['02-01', '03-01', '02-15']) await doctor.post(records, visit(day));
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await doctor.get<Items<RecordBody>>(`${records}?limit=2${query}`);
      seen.push(...body.items.map(({ visitStart }) => visitStart));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(seen.toSorted().toReversed());
    expect(seen.length).toBeGreaterThanOrEqual(5);
  });
});

describe('a correction', () => {
  it('is a new version with its reason; nothing is overwritten', async () => {
    const { body } = await doctor.post<RecordBody>(records, visit('04-01', 'Wrong'));
    const path = `/api/v1/medical-records/${body.id}`;
    const correction = { diagnosis: 'Right', treatment: 'Rest', reason: 'laboratory' };
    const corrected = await doctor.with({ 'if-match': '"1"' }).call<RecordBody>('PUT', path, correction);
    expect(corrected).toMatchObject({ status: 200, body: { diagnosis: 'Right', version: 2 } });
    const history = await doctor.get<
      Items<{ version: number; diagnosis: string; correctionReason: string | null }>
    >(`${path}/versions`);
    expect(
      history.body.items.map(({ version, diagnosis, correctionReason }) => [
        version,
        diagnosis,
        correctionReason,
      ]),
    ).toEqual([
      [1, 'Wrong', null],
      [2, 'Right', 'laboratory'],
    ]);
  });

  it('is refused on a version that is not the last, so that of ten at once one wins', async () => {
    const { body } = await doctor.post<RecordBody>(records, visit('04-02'));
    const correct = (n: number) =>
      doctor.with({ 'if-match': '"1"' }).call('PUT', `/api/v1/medical-records/${body.id}`, {
        diagnosis: `${n}`,
        treatment: 'x',
        reason: 'r',
      });
    const statuses = (await Promise.all(Array.from({ length: 10 }, (_, n) => correct(n)))).map(
      ({ status }) => status,
    );
    expect(statuses.toSorted()).toEqual([200, ...Array(9).fill(412)]);
  });

  it('needs the right to correct, which a nurse who may write does not have', async () => {
    const nurse = server.world.north.staff.NURSE;
    const { status, body } = await nurse.post<RecordBody>(records, visit('04-03'));
    expect(status).toBe(201);
    const correction = { diagnosis: 'x', treatment: 'y', reason: 'z' };
    const refused = await nurse
      .with({ 'if-match': '"1"' })
      .call('PUT', `/api/v1/medical-records/${body.id}`, correction);
    expect(refused).toMatchObject({ status: 403, body: { code: 'authorization-refused' } });
  });
});

describe('the own medical records of a person', () => {
  it('come from every clinic, and only the own ones', async () => {
    const { body } = await server.world.person.get<Items<RecordBody & { clinicId: string }>>(
      '/api/v1/me/medical-records',
    );
    const { north, south } = server.world;
    expect(new Set(body.items.map(({ clinicId }) => clinicId))).toEqual(new Set([north.id, south.id]));
    expect(body.items.map(({ id }) => id).toSorted()).toEqual(
      [...north.recordIds, ...south.recordIds].toSorted(),
    );
  });

  it('are all reached page by page, each once', async () => {
    const { north, south } = server.world;
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `/api/v1/me/medical-records?limit=1${cursor && `&cursor=${cursor}`}`;
      const { body } = await server.world.person.get<Items<RecordBody> & { nextCursor: string | null }>(path);
      expect(body.items.length).toBeLessThanOrEqual(1);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    expect(seen.toSorted()).toEqual([...north.recordIds, ...south.recordIds].toSorted());
    const forged = await server.world.person.get('/api/v1/me/medical-records?cursor=1_2');
    expect(forged).toMatchObject({ status: 400, body: { code: 'cursor-malformed' } });
  });
});

describe('round trips to the database', () => {
  it('are one to read, two to write and two to correct, each with its audit entries', async () => {
    await withRoundTripsCounted(server.running, async (counted) => {
      let path = '';
      const writing = await counted(async () => {
        path = `/api/v1/medical-records/${(await doctor.post<RecordBody>(records, visit('06-01'))).body.id}`;
      });
      const reading = await counted(() => doctor.get(path));
      const correction = { diagnosis: 'x', treatment: 'y', reason: 'z' };
      const correcting = await counted(() =>
        doctor.with({ 'if-match': '"1"' }).call('PUT', path, correction),
      );
      expect({ writing, reading, correcting }).toEqual({ writing: 2, reading: 1, correcting: 2 });
    });
  });
});

describe('the access log of the patient', () => {
  it('names a colleague who was refused a record, and one who learned that there is none', async () => {
    const { north, person } = server.world;
    const desk = north.staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
    expect((await desk.get(`/api/v1/medical-records/${north.recordIds[0]}`)).status).toBe(403);
    const log = `/api/v1/patients/${north.patientIds[0]}/access-log`;
    const own = await person.at(north.id).get<Items<{ action: string; actorRole: string }>>(log);
    expect(own.body.items[0]).toMatchObject({ action: 'request.refused', actorRole: 'RECEPTIONIST' });

    const made = await desk.post<{ id: string }>('/api/v1/patients', {
      name: { text: 'No Visits' },
      birthDate: '2001-01-01',
    });
    const path = `/api/v1/patients/${made.body.id}`;
    expect((await doctor.get<Items<unknown>>(`${path}/medical-records`)).body.items).toEqual([]);
    const privacy = north.staff.CLINIC_ADMIN.with({ 'x-purpose-of-use': 'HCOMPL' });
    const { body } = await privacy.get<Items<{ action: string; actorRole: string }>>(`${path}/access-log`);
    expect(body.items[0]).toMatchObject({
      action: 'medical-record.list',
      actorRole: 'DOCTOR',
      outcome: 'not-found',
    });
  });
});
