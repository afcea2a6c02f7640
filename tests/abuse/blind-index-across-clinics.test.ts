// The attacker works at the front desk of one clinic and wants to know whether a person is a patient of the other one. They search by
// the person's social security number, name and identifier, in every spelling, and they can read both databases' index columns:
// the same number must be found in the clinic that holds it, not found in the other, and leave no equal bytes in the two.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTwoClinics } from '../../apps/server/test-harness/index.ts';
import { asOwnerOf } from '../e2e/world/owner.ts';
import { plant } from '../e2e/world/planted.ts';

let server: Awaited<ReturnType<typeof startTwoClinics>>;
beforeAll(async () => {
  server = await startTwoClinics();
  await plant(server);
});
afterAll(() => server.environment.remove());

const desk = (clinic: 'north' | 'south') =>
  server.world[clinic].staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
const found = async (clinic: 'north' | 'south', query: object) => {
  const { status, body } = await desk(clinic).post<{ items: unknown[] }>('/api/v1/patients/search', query);
  return [status, body.items?.length];
};

describe('a search', () => {
  it.each([
    { ssn: '987-65-4320' },
    { ssn: '987654320' },
    { name: 'Zzyzx Name' },
    { name: 'zzyzxFAMILY' },
    { name: 'Zzyzx Maiden' },
    { identifier: 'Zzyzx-77' },
    { identifier: 'urn:zzyzx:system|Zzyzx-77' },
  ])('for %j finds the patient in their own clinic and nobody in the other', async (query) => {
    expect(await found('south', query)).toEqual([200, 1]);
    expect(await found('north', query)).toEqual([200, 0]);
  });

  it('in both clinics with the same number finds each clinic’s own patients only', async () => {
    const query = { ssn: '999-26-3829' };
    for (const clinic of ['north', 'south'] as const) {
      const { body } = await desk(clinic).post<{ items: { clinicId: string }[] }>(
        '/api/v1/patients/search',
        query,
      );
      expect(new Set(body.items.map(({ clinicId }) => clinicId))).toEqual(new Set([server.world[clinic].id]));
    }
  });

  it.each(['987-65-43%', '987%', "' or '1'='1", '*', '987-65-432_'])(
    'for a pattern %j finds nobody',
    async (text) => {
      expect((await found('south', { ssn: text }))[0]).toBe(400);
      expect([0, undefined]).toContain((await found('south', { name: text }))[1]);
      expect([0, undefined]).toContain((await found('south', { identifier: text }))[1]);
    },
  );
});

it('the stored indexes of the same person in two clinics have no bytes in common', async () => {
  server.nobody.close();
  await server.running.stop();
  const [row] = await asOwnerOf(server.environment, (query) =>
    query(
      `select count(*)::int as shared, (select count(*)::int from patient_search_token) as all from patient_search_token a
       join patient_search_token b on a.token = b.token and a.clinic_id <> b.clinic_id`,
      [],
    ),
  );
  expect(row?.all).toBeGreaterThan(10);
  expect(row?.shared).toBe(0);
});
