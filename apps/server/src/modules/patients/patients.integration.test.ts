import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  admitPerson,
  startTwoClinics,
  TEST_PASSWORD,
  type TestClient,
  withRoundTripsCounted,
} from '../../../test-harness/index.ts';

interface PatientBody {
  readonly id: string;
  readonly mrn: string;
  readonly version: number;
}
interface PageBody {
  readonly items: readonly PatientBody[];
  readonly nextCursor: string | null;
}

let server: Awaited<ReturnType<typeof startTwoClinics>>;
let desk: TestClient;
beforeAll(async () => {
  server = await startTwoClinics();
  desk = server.world.north.staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
});
afterAll(() => server.stop());

const person = (text: string) => ({ name: { text }, birthDate: '1990-12-31' });
const register = (body: object, headers: Record<string, string> = {}) =>
  desk.with(headers).post<PatientBody>('/api/v1/patients', body);

describe('registering a patient', () => {
  it.each([
    'Bibi254 Schowalter414',
    'José María Casares',
    'O’Keefe',
    '李小龍',
    'محمد علي',
    'अमिताभ बच्चन',
    'X Æ A-12',
  ])('takes the name %s as it is written', async (text) => {
    const { status, body } = await register(person(text));
    expect(status).toBe(201);
    const read = await desk.get<{ name: { text: string } }>(`/api/v1/patients/${body.id}`);
    expect(read.body.name.text).toBe(text.normalize('NFC'));
  });

  it('allots MR and eight digits, one after the other in each clinic, also to many at once', async () => {
    const made = await Promise.all(Array.from({ length: 12 }, (_, n) => register(person(`Patient ${n}`))));
    const numbers = made.map(({ body }) => body.mrn);
    expect(new Set(numbers).size).toBe(12);
    for (const mrn of numbers) expect(mrn).toMatch(/^MR\d{8}$/);
  });

  it('shows the last four digits of the SSN and never the whole', async () => {
    const { text } = await register({ ...person('With SSN'), ssn: '999-45-6789' });
    expect(text).toContain('"ssnLast4":"6789"');
    expect(text).not.toContain('99945');
  });

  it('happens once for one Idempotency-Key, however often and at once it is sent', async () => {
    const key = { 'idempotency-key': 'registration-1' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => register(person('Once Only'), key)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.id}`)).size).toBe(1);
    const other = await register(person('Somebody Else'), key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
  });

  it('changes nothing when the body is wrong, and says where without repeating it', async () => {
    const wrong = await register({ ...person('Wrong'), birthDate: '1990-02-30', shoeSize: 43 });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'request-invalid' } });
    expect(wrong.text).not.toContain('1990-02-30');
    const found = await desk.post<PageBody>('/api/v1/patients/search', { name: 'Wrong' });
    expect(found.body.items).toEqual([]);
  });
});

describe('finding patients', () => {
  it('finds by exact SSN, by identifier, and by words of the name in any order', async () => {
    const identifiers = [{ system: 'urn:example:passport', value: 'X-77' }];
    const { body } = await register({ ...person('Zoë Marie van Dyk'), ssn: '999-77-1234', identifiers });
    const searches = [
      { ssn: '999 77 1234' },
      { identifier: 'X-77' },
      { identifier: 'urn:example:passport|X-77' },
      { name: 'DYK zoë' },
    ];
    for (const search of searches) {
      const found = await desk.post<PageBody>('/api/v1/patients/search', search);
      expect(found.body.items.map(({ id }) => id)).toEqual([body.id]);
    }
    for (const search of [{ ssn: '999771235' }, { identifier: 'urn:other|X-77' }, { name: 'zoë dykes' }]) {
      expect((await desk.post<PageBody>('/api/v1/patients/search', search)).body.items).toEqual([]);
    }
  });

  it('refuses a search that names nothing', async () => {
    expect(await desk.post('/api/v1/patients/search', { name: '…' })).toMatchObject({
      status: 400,
      body: { code: 'patient-search-empty' },
    });
  });

  it('lists every patient once, page by page', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await desk.get<PageBody>(`/api/v1/patients?limit=5${query}`);
      seen.push(...body.items.map(({ mrn }) => mrn));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toEqual(seen.toSorted());
    expect(seen.length).toBeGreaterThan(20);
  });

  it('refuses a cursor that no page gave', async () => {
    expect(await desk.get('/api/v1/patients?cursor=MR00000001')).toMatchObject({
      status: 400,
      body: { code: 'cursor-malformed' },
    });
  });
});

describe('changing a patient', () => {
  it('needs the version that was read, and lets the first of two win', async () => {
    const { body } = await register(person('Before'));
    const path = `/api/v1/patients/${body.id}`;
    expect(await desk.call('PATCH', path, { gender: 'other' })).toMatchObject({ status: 428 });
    const change = (name: string) =>
      desk.with({ 'if-match': '"1"' }).call('PATCH', path, { name: { text: name } });
    const answers = await Promise.all([change('First'), change('Second')]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412]);
    const read = await desk.get<{ version: number; name: { text: string } }>(path);
    expect(read.body.version).toBe(2);
    expect(read.headers.etag).toBe('"2"');
  });

  it('is found under the new name and no longer under the old one', async () => {
    const { body } = await register({ ...person('Olga Oldname'), ssn: '999-88-1111' });
    await desk
      .with({ 'if-match': '"1"' })
      .call('PATCH', `/api/v1/patients/${body.id}`, { name: { text: 'Olga Newname' } });
    const found = async (search: object) =>
      (await desk.post<PageBody>('/api/v1/patients/search', search)).body.items.length;
    expect([
      await found({ name: 'oldname' }),
      await found({ name: 'newname' }),
      await found({ ssn: '999881111' }),
    ]).toEqual([0, 1, 1]);
  });

  it('removes what is set to null and keeps what is not named', async () => {
    const { body } = await register({ ...person('Null'), gender: 'female', ssn: '999-12-0001' });
    const changed = await desk
      .with({ 'if-match': '"1"' })
      .call('PATCH', `/api/v1/patients/${body.id}`, { gender: null });
    expect(changed).toMatchObject({ status: 200, body: { gender: null, ssnLast4: '0001', version: 2 } });
  });
});

describe('an account', () => {
  it('is linked only if it belongs to a patient of this clinic', async () => {
    const path = `/api/v1/patients/${server.world.north.patientIds[1]}/account`;
    for (const email of ['nobody@example.org', 'doctor@north.example.org', 'patient@south.example.org']) {
      expect(await desk.call('PUT', path, { email })).toMatchObject({
        status: 404,
        body: { code: 'account-not-found' },
      });
    }
    expect((await desk.call('PUT', path, { email: 'patient@north.example.org' })).status).toBe(204);
  });

  it('is never linked by its own person, who could otherwise read any record as the own one', async () => {
    const { administrator, north } = server.world;
    const both = { email: 'both@north.example.org', displayName: 'Both', password: TEST_PASSWORD };
    await admitPerson(server, administrator.at(north.id), { ...both, roles: ['RECEPTIONIST', 'PATIENT'] });
    const self = (await server.nobody.signIn(both.email, TEST_PASSWORD)).with({
      'x-purpose-of-use': 'HOPERAT',
    });
    const path = `/api/v1/patients/${north.patientIds[1]}/account`;
    const refused = await self.call('PUT', path, { email: both.email });
    expect(refused).toMatchObject({ status: 403, body: { code: 'patient-link-to-self' } });
  });
});

describe('round trips to the database', () => {
  it('are one to read, one to register and two to change, each with its audit entries', async () => {
    await withRoundTripsCounted(server.running, async (counted) => {
      let path = '';
      const registering = await counted(async () => {
        path = `/api/v1/patients/${(await register(person('Counted'))).body.id}`;
      });
      const reading = await counted(() => desk.get(path));
      const changing = await counted(() =>
        desk.with({ 'if-match': '"1"' }).call('PATCH', path, { gender: 'other' }),
      );
      expect({ registering, reading, changing }).toEqual({ registering: 1, reading: 1, changing: 2 });
    });
  });
});
