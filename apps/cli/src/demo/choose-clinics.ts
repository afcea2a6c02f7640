import { Clinic, ClinicPage } from '@careward/api-schema';
import type { OwnerQuery } from '@careward/server';
import type { ApiClient } from '../client/api-client.ts';

/** The ids of the clinics with the most records, at most two. Only counts are read. */
export async function busiestClinics(query: OwnerQuery): Promise<string[]> {
  const rows = await query(
    'select clinic_id, count(*) as records from medical_record group by clinic_id order by records desc, clinic_id limit 2',
    [],
  );
  return rows.map(({ clinic_id }) => String(clinic_id));
}

/** Two clinics to act in: the busiest ones, else others that exist, else ones made without patients. */
export async function chooseClinics(
  administrator: ApiClient,
  busiest: readonly string[],
): Promise<{ first: Clinic; second: Clinic }> {
  const all = await listClinics(administrator);
  const rank = ({ id }: Clinic) => (busiest.includes(id) ? busiest.indexOf(id) : busiest.length);
  const [first, second] = all.toSorted((a, b) => rank(a) - rank(b));
  return {
    first: first ?? (await createClinic(administrator, 'First Clinic')),
    second: second ?? (await createClinic(administrator, 'Second Clinic')),
  };
}

async function listClinics(administrator: ApiClient): Promise<Clinic[]> {
  const clinics: Clinic[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`;
    const page: ClinicPage = await administrator.get(ClinicPage, {
      path: `/api/v1/clinics?limit=100${query}`,
    });
    clinics.push(...page.items);
    cursor = page.nextCursor;
  }
  return clinics;
}

function createClinic(administrator: ApiClient, name: string): Promise<Clinic> {
  return administrator.get(Clinic, { method: 'POST', path: '/api/v1/clinics', body: { name } });
}
