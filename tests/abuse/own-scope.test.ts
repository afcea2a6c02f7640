// The attacker is a patient with an account, who sees their own record lawfully and knows the ids of others: of the person in the
// next bed, of a record on a printout. Through every route that opens to a patient, with every id that is not theirs, they get
// what they would get for an id that does not exist, and lists hold nothing but their own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Endpoint } from '../../apps/server/src/describe-endpoints.ts';
import { endpointsOf, parametersOf } from '../e2e/world/endpoint-table.ts';
import { openWorld, type World } from '../e2e/world/open-world.ts';
import { emailOf, inNameOf, type SignedIn, signIn } from '../e2e/world/people.ts';
import { type Planted, plant } from '../e2e/world/planted.ts';
import { absentTarget, requestTo, type Target } from '../e2e/world/requests.ts';

let world: World;
let planted: Planted;
let endpoints: Endpoint[];
let person: SignedIn;
let neighbour: Target;
beforeAll(async () => {
  world = await openWorld();
  planted = await plant(world);
  endpoints = await endpointsOf(world.running.platform);
  person = await signIn(world.wire, planted.own.personEmail);
  neighbour = await otherPatient();
});
afterAll(() => world.close());

const ask = (endpoint: Endpoint, target: Target) => {
  const { headers, ...request } = requestTo(endpoint, target);
  return world.wire.send(
    inNameOf(person, { ...request, headers: [['x-clinic-id', target.clinicId], ...headers] }),
  );
};

describe('a patient', () => {
  it('gets for the ids of others in their clinic what they get for ids of nothing, on every route', async () => {
    const absent = { ...absentTarget(), clinicId: neighbour.clinicId };
    const personal = endpoints.filter((endpoint) =>
      parametersOf(endpoint).some((name) => name !== 'clinicId'),
    );
    for (const endpoint of personal) {
      const [ofOther, ofNothing] = [await ask(endpoint, neighbour), await ask(endpoint, absent)];
      const name = `${endpoint.method} ${endpoint.path}`;
      expect([ofOther.status, ofOther.body.code], name).toEqual([ofNothing.status, ofNothing.body.code]);
      expect(ofOther.status, name).toBeGreaterThanOrEqual(403);
      expect(ofOther.text).not.toContain('Neighbour');
    }
    expect(personal.length).toBeGreaterThan(6);
  });

  it('sees in lists their own rows and no others', async () => {
    const lists = endpoints.filter(
      ({ method, path }) => method === 'GET' && /(patients|medical-records)$/.test(path),
    );
    for (const endpoint of lists) {
      const { status, text, body } = await ask(endpoint, planted.own);
      expect(status, endpoint.path).toBe(200);
      expect(body.items).not.toEqual([]);
      expect(text).not.toMatch(/Neighbour|zzyzx/i);
      expect(text).not.toContain(neighbour.patientId);
    }
  });

  it('sees who looked at their record, and nobody’s log but theirs', async () => {
    const log = endpoints.filter(({ path }) => path.endsWith('/access-log'));
    expect(log).toHaveLength(1);
    for (const endpoint of log) {
      expect((await ask(endpoint, planted.own)).status).toBe(200);
      expect((await ask(endpoint, neighbour)).status).toBe(404);
    }
  });

  it('whose account is linked to nobody sees nothing at all', async () => {
    const stranger = await signIn(world.wire, emailOf('PATIENT', 'north'));
    for (const path of ['/api/v1/patients', '/api/v1/me/patients', '/api/v1/me/medical-records']) {
      const answer = await world.wire.send(inNameOf(stranger, { method: 'GET', path, headers: [] }));
      expect([answer.status, answer.body.items], path).toEqual([200, []]);
    }
    const path = `/api/v1/patients/${planted.own.patientId}`;
    expect((await world.wire.send(inNameOf(stranger, { method: 'GET', path, headers: [] }))).status).toBe(
      404,
    );
  });
});

/** Another patient of the same clinic, with a record. */
async function otherPatient(): Promise<Target> {
  const { staff, id } = world.world.north;
  const desk = staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
  const body = { name: { text: 'Neighbour' }, birthDate: '1990-01-01' };
  const patient = (await desk.post<{ id: string }>('/api/v1/patients', body)).body.id;
  const visit = { diagnosis: 'Neighbour diagnosis', treatment: 'Rest', visitStart: '2026-03-01T09:00:00Z' };
  const record = (
    await staff.DOCTOR.post<{ id: string }>(`/api/v1/patients/${patient}/medical-records`, visit)
  ).body.id;
  return { ...planted.own, clinicId: id, patientId: patient, recordId: record };
}
