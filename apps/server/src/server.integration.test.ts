import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoClinics } from '../test-harness/index.ts';

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

  it('has an access log whose every entry is in the ledger', async () => {
    await server.running.platform.sequencer.flush();
    expect(await server.running.platform.ledgerVerification.verify()).toMatchObject({
      ok: true,
      findings: [],
    });
  });
});
