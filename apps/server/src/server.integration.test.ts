import { verifyProofFile } from '@careward/ledger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoClinics } from '../test-harness/index.ts';
import { settle } from '../test-harness/ledger.ts';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
});
afterAll(() => server.stop());

describe('the server', () => {
  it('reads a record for a doctor, and refuses a receptionist the diagnosis', async () => {
    const { north } = server.world;
    const path = `/api/v1/medical-records/${north.recordIds[0]}`;
    const read = await north.staff.DOCTOR.get(path);
    expect(read).toMatchObject({ status: 200, body: { diagnosis: 'Atopic dermatitis', version: 1 } });
    expect(read.headers.etag).toBe('"1"');
    const refused = await north.staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' }).get(path);
    expect(refused).toMatchObject({ status: 403, body: { code: 'authorization-refused' } });
  });

  it('does not know the records of another clinic', async () => {
    const { north, south } = server.world;
    const read = await south.staff.DOCTOR.get(`/api/v1/medical-records/${north.recordIds[0]}`);
    expect(read).toMatchObject({ status: 404, body: { code: 'medical-record-not-found' } });
  });

  it('shows a person their own rows in every clinic, and nobody else’s', async () => {
    const own = await server.world.person.get<{ items: { clinicId: string }[] }>('/api/v1/me/patients');
    const { north, south } = server.world;
    expect(own.body.items.map((item) => item.clinicId).toSorted()).toEqual([north.id, south.id].toSorted());
    const other = await server.world.person.at(north.id).get(`/api/v1/patients/${north.patientIds[1]}`);
    expect(other.status).toBe(404);
  });

  it('proves every line of a person’s access log to whoever holds the public key', async () => {
    const { north } = server.world;
    await settle(server.running.platform.sequencer);
    const path = `/api/v1/patients/${north.patientIds[0]}/access-log`;
    const log = await server.world.person
      .at(north.id)
      .get<{ items: { action: string; proof: unknown }[] }>(path);
    const key = (await server.nobody.get('/api/v1/ledger/key')).text.trim();
    const actions = log.body.items.map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(['patient.create', 'medical-record.read']));
    for (const { proof } of log.body.items)
      expect(verifyProofFile(proof, key)).toMatchObject({ proved: true });
    const report = await server.running.platform.ledgerVerification.verify();
    expect(report).toMatchObject({ ok: true, findings: [] });
  });

  it('shows the refusal of a colleague in the patient’s own access log', async () => {
    const { north } = server.world;
    const path = `/api/v1/patients/${north.patientIds[0]}`;
    const support = north.staff.SUPPORT_STAFF.with({ 'x-purpose-of-use': 'HOPERAT' });
    expect((await support.get(path)).status).toBe(403);
    const log = await server.world.person.at(north.id).get<{ items: unknown[] }>(`${path}/access-log`);
    const refusal = { action: 'request.refused', actorRole: 'SUPPORT_STAFF', outcome: 'refused' };
    expect(log.body.items[0]).toMatchObject(refusal);
  });
});
