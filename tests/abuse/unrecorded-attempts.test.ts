// The attacker is an insider who tries what leaves no trace: to write into patients and records of another clinic, whose ids are
// known, and to ask by way of an import whether a person is a patient here, which the report answers though nothing is changed.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withEntries } from '../e2e/world/audit.ts';
import { openWorld, type World } from '../e2e/world/open-world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const VISIT = { diagnosis: 'x', treatment: 'y', visitStart: '2026-01-01T10:00:00Z' };
const CORRECTION = { diagnosis: 'x', treatment: 'y', reason: 'z' };

it('a write to a patient or record that is not the clinic’s has its entry', async () => {
  const { north, south } = world.world;
  const [patientId, recordId] = [south.patientIds[0], south.recordIds[0]];
  const desk = north.staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
  const doctor = north.staff.DOCTOR.with({ 'if-match': '"1"' });
  const attempts = [
    () => doctor.post(`/api/v1/patients/${patientId}/medical-records`, VISIT),
    () => doctor.call('PUT', `/api/v1/medical-records/${recordId}`, CORRECTION),
    () => desk.call('PUT', `/api/v1/patients/${patientId}/account`, { email: 'person@example.org' }),
    () => desk.call('PUT', `/api/v1/patients/${north.patientIds[0]}/account`, { email: 'x@example.org' }),
  ];
  for (const attempt of attempts) {
    const { result, entries } = await withEntries(world.running.platform, attempt);
    expect(result.status).toBe(404);
    expect(entries).toEqual([
      expect.objectContaining({
        clinic_id: north.id,
        action: 'request.refused',
        outcome: 'not-found',
        reason: result.body.code,
      }),
    ]);
  }
});

it('an import that changes nothing, or is refused whole, has its entry', async () => {
  const { north } = world.world;
  const admin = north.staff.CLINIC_ADMIN.with({ 'x-purpose-of-use': 'HOPERAT' });
  for (const body of [{ resourceType: 'Bundle', entry: [] }, { no: 'resource' }]) {
    const { entries } = await withEntries(world.running.platform, () => admin.post('/api/v1/import', body));
    expect(entries).toEqual([
      expect.objectContaining({ clinic_id: north.id, action: 'import.begin', purpose: 'HOPERAT' }),
    ]);
  }
});
