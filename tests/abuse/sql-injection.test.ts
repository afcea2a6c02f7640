// The attacker puts SQL wherever text goes: into every field of a body, every path and query parameter, every header that is read.
// Fields keep the text exactly as given, because it is only text; parameters and headers that have a form refuse it; and the
// database has afterwards what it had before.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { settle } from '../../apps/server/test-harness/ledger.ts';
import { endpointsOf, parametersOf } from '../e2e/world/endpoint-table.ts';
import { openWorld, type World } from '../e2e/world/open-world.ts';
import { emailOf, signIn } from '../e2e/world/people.ts';
import { absentTarget, requestTo } from '../e2e/world/requests.ts';

const INJECTIONS = [
  "'; drop table patient; --",
  "' or '1'='1",
  "1'; select set_config('role','postgres',false); --",
  "\\'; delete from audit_entry; --",
  '$$; reset role; $$',
  "{{7*7}} <script>alert('1')</script>",
  "'||(select password_hash from account limit 1)||'",
  '%27%20or%201=1',
  '\uFF07 or 1=1 --',
] as const;

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe.each(INJECTIONS)('the text %j', (text) => {
  it('is kept as given in every field of a patient', async () => {
    const desk = world.world.north.staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
    const patient = {
      name: { text, family: text, given: [text, text] },
      otherNames: [{ text }],
      birthDate: '1990-01-01',
      contacts: {
        phones: [],
        emails: [],
        addresses: [{ lines: [text], city: text, state: text, country: text }],
      },
      identifiers: [{ system: 'urn:test', value: text, type: text }],
    };
    const made = await desk.post<{ id: string }>('/api/v1/patients', patient);
    expect(made.status).toBe(201);
    const read = await desk.get(`/api/v1/patients/${made.body.id}`);
    expect(read.body).toMatchObject(JSON.parse(JSON.stringify(patient).normalize('NFC')));
    const found = await desk.post<{ items: { id: string }[] }>('/api/v1/patients/search', {
      identifier: text,
    });
    expect(found.body.items.map(({ id }) => id)).toEqual([made.body.id]);
  });

  it('is kept as given in a record, its correction and a name', async () => {
    const { north } = world.world;
    const records = `/api/v1/patients/${north.patientIds[0]}/medical-records`;
    const visit = { diagnosis: text, treatment: text, visitStart: '2026-03-01T09:00:00Z' };
    const made = await north.staff.DOCTOR.post<{ id: string }>(records, visit);
    expect(made.body).toMatchObject({ diagnosis: text, treatment: text });
    const path = `/api/v1/medical-records/${made.body.id}`;
    const correction = { diagnosis: text, treatment: text, reason: text };
    await north.staff.DOCTOR.with({ 'if-match': '"1"' }).call('PUT', path, correction);
    const { body } = await north.staff.DOCTOR.get<{ items: object[] }>(`${path}/versions`);
    expect(body.items[1]).toMatchObject({ diagnosis: text, correctionReason: text });
    const clinic = await world.world.administrator.post('/api/v1/clinics', { name: text });
    expect([clinic.status, clinic.body.name]).toEqual([201, text]);
  });

  it('is refused in every parameter and every header with a form, on every route', async () => {
    const { wire, running } = world;
    const therapist = await signIn(wire, emailOf('THERAPIST', 'north'));
    const target = { ...absentTarget(), clinicId: world.world.north.id };
    for (const endpoint of (await endpointsOf(running.platform)).filter(({ clinicScoped }) => clinicScoped)) {
      const plain = requestTo(endpoint, target);
      const injected = encodeURIComponent(text).replaceAll("'", '%27');
      const paths = [
        ...parametersOf(endpoint).map((name) => plain.path.replace(target[name as 'patientId'], injected)),
        // A route without a query schema reads no parameter but the clinic's.
        ...(endpoint.schemas.query === undefined ? ['clinicId'] : ['cursor', 'limit', 'clinicId', 'x']).map(
          (name) => `${plain.path}?${name}=${injected}`,
        ),
      ];
      for (const path of paths) {
        const { status, text: told } = await wire.send({
          ...plain,
          path,
          headers: [therapist.header, ...plain.headers],
        });
        expect(status, path).toBeGreaterThanOrEqual(400);
        expect(status, path).toBeLessThan(500);
        expect(told).not.toMatch(/syntax|postgres|relation|SQL/i);
      }
    }
    for (const name of [
      'x-clinic-id',
      'if-match',
      'x-purpose-of-use',
      'idempotency-key',
      'x-request-id',
      'user-agent',
    ]) {
      const value = Buffer.from(text).toString('latin1');
      const path = `/api/v1/medical-records/${target.recordId}`;
      const { status } = await wire.send({ method: 'GET', path, headers: [therapist.header, [name, value]] });
      // Another User-Agent is another client: it has to prove itself before anything else is looked at.
      expect(name === 'user-agent' ? [401] : [400, 404], name).toContain(status);
    }
  });
});

it('nothing was dropped, and the log is whole', async () => {
  const { platform } = world.running;
  expect((await world.world.north.staff.DOCTOR.get('/api/v1/patients')).status).toBe(200);
  await settle(platform.sequencer);
  expect(await platform.ledgerVerification.verify()).toMatchObject({ ok: true, findings: [] });
});
