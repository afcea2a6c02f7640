/** One clinic with a doctor and a patient, made through the API: the least that the measured routes need. */
import { TestMailbox } from '../../apps/server/test-harness/mailbox.ts';
import type { HttpClient } from './http-client.ts';
import type { MeasuredServer } from './measured-server.ts';

/** What is asked for, and as whom. */
export interface MeasuredWorld {
  readonly clinicPath: string;
  readonly patientPath: string;
  readonly doctor: Readonly<Record<string, string>>;
}

/** The password of everybody here. */
export const PASSWORD = 'correct horse battery staple';
/** The doctor's address. */
export const DOCTOR = 'doctor@example.org';
const PATIENT = {
  name: { text: 'Ada King, Countess of Lovelace', family: 'Lovelace', given: ['Ada', 'Augusta'] },
  birthDate: '1980-02-29',
  gender: 'female',
  ssn: '999-26-3829',
};

/** Builds the world on a fresh server. */
export async function buildMeasuredWorld({
  client,
  setupCode,
  home,
}: MeasuredServer): Promise<MeasuredWorld> {
  const root = { email: 'root@example.org', password: PASSWORD, displayName: 'Root' };
  await post(client, '/api/v1/setup', {}, { code: setupCode, ...root });
  const administrator = await signIn(client, root.email);
  const { id } = await post<{ id: string }>(client, '/api/v1/clinics', administrator, {
    name: 'Measured clinic',
  });
  const outside = { client, mailbox: new TestMailbox(home) };
  const at = { ...administrator, 'x-clinic-id': id };
  const doctor = await hire(outside, at, 'DOCTOR');
  const receptionist = await hire(outside, at, 'RECEPTIONIST');
  const desk = { ...receptionist, 'x-purpose-of-use': 'HOPERAT' };
  const patient = await post<{ id: string }>(client, '/api/v1/patients', desk, PATIENT);
  return { clinicPath: `/api/v1/clinics/${id}`, patientPath: `/api/v1/patients/${patient.id}`, doctor };
}

type Headers = Readonly<Record<string, string>>;

async function hire(
  { client, mailbox }: { readonly client: HttpClient; readonly mailbox: TestMailbox },
  at: Headers,
  role: string,
): Promise<Headers> {
  const email = `${role.toLowerCase()}@example.org`;
  await post(client, '/api/v1/users/invitations', at, { email, roles: [role] });
  const code = await mailbox.code(email);
  await post(client, '/api/v1/invitations/accept', {}, { code, displayName: role, password: PASSWORD });
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
