/** One clinic with a doctor and a patient, made through the API: the least that the measured routes need. */
import type { HttpClient } from './http-client.ts';
import type { MeasuredServer } from './measured-server.ts';

/** What is asked for, and as whom. */
export interface MeasuredWorld {
  readonly clinicPath: string;
  readonly patientPath: string;
  readonly doctor: Readonly<Record<string, string>>;
}

const PASSWORD = 'correct horse battery staple';
const PATIENT = {
  name: { text: 'Ada King, Countess of Lovelace', family: 'Lovelace', given: ['Ada', 'Augusta'] },
  birthDate: '1980-02-29',
  gender: 'female',
  ssn: '999-26-3829',
};

/** Builds the world on a fresh server. */
export async function buildMeasuredWorld({ client, setupCode }: MeasuredServer): Promise<MeasuredWorld> {
  const root = { email: 'root@example.org', password: PASSWORD, displayName: 'Root' };
  await post(client, '/api/v1/setup', {}, { code: setupCode, ...root });
  const administrator = await signIn(client, root.email);
  const { id } = await post<{ id: string }>(client, '/api/v1/clinics', administrator, {
    name: 'Measured clinic',
  });
  const doctor = await hire(client, { ...administrator, 'x-clinic-id': id }, 'DOCTOR');
  const receptionist = await hire(client, { ...administrator, 'x-clinic-id': id }, 'RECEPTIONIST');
  const desk = { ...receptionist, 'x-purpose-of-use': 'HOPERAT' };
  const patient = await post<{ id: string }>(client, '/api/v1/patients', desk, PATIENT);
  return { clinicPath: `/api/v1/clinics/${id}`, patientPath: `/api/v1/patients/${patient.id}`, doctor };
}

type Headers = Readonly<Record<string, string>>;

async function hire(client: HttpClient, at: Headers, role: string): Promise<Headers> {
  const email = `${role.toLowerCase()}@example.org`;
  await post(client, '/api/v1/users', at, { email, displayName: role, password: PASSWORD, roles: [role] });
  return { ...(await signIn(client, email)), 'x-clinic-id': at['x-clinic-id'] ?? '' };
}

async function signIn(client: HttpClient, email: string): Promise<Headers> {
  const tokens = await post<{ accessToken: string }>(
    client,
    '/api/v1/auth/sign-in',
    {},
    { email, password: PASSWORD },
  );
  return { authorization: `Bearer ${tokens.accessToken}` };
}

function post<Body>(client: HttpClient, path: string, headers: Headers, body: unknown): Promise<Body> {
  return client.ask<Body>({ method: 'POST', path, headers, body });
}
