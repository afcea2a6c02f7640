/** Two clinics with staff of every role, patients and records, made through the API: the world most tests need. */
import { CLINIC_ROLES, type ClinicRole } from '@careward/access-policy';
import type { TestClient } from './client.ts';

/** The password of everybody in the test world. */
export const TEST_PASSWORD = 'correct horse battery staple';

/** One clinic of the test world. */
export interface TestClinic {
  readonly id: string;
  /** Signed in and working in this clinic, by role. */
  readonly staff: Readonly<Record<ClinicRole, TestClient>>;
  readonly patientIds: readonly string[];
  readonly recordIds: readonly string[];
}

/** The test world. `person` is a patient of both clinics, with one account. */
export interface TwoClinics {
  readonly administrator: TestClient;
  readonly north: TestClinic;
  readonly south: TestClinic;
  readonly person: TestClient;
}

/** Builds the world on a fresh server. */
export async function buildTwoClinics(nobody: TestClient, setupCode: string): Promise<TwoClinics> {
  const email = 'root@example.org';
  const account = { email, password: TEST_PASSWORD, displayName: 'Root' };
  await expectStatus(201, nobody.post('/api/v1/setup', { code: setupCode, ...account }));
  const administrator = await nobody.signIn(email, TEST_PASSWORD);
  const north = await buildClinic(nobody, administrator, 'north');
  const south = await buildClinic(nobody, administrator, 'south');
  const person = await nobody.signIn('person@example.org', TEST_PASSWORD);
  return { administrator, north, south, person };
}

async function buildClinic(nobody: TestClient, administrator: TestClient, name: string): Promise<TestClinic> {
  const clinic = await expectStatus(201, administrator.post<{ id: string }>('/api/v1/clinics', { name }));
  const at = administrator.at(clinic.id);
  const staff = {} as Record<ClinicRole, TestClient>;
  for (const role of CLINIC_ROLES) staff[role] = await hire(nobody, at, name, role);
  const patientIds = [await register(staff, 'Ada Lovelace'), await register(staff, '李 小龍')];
  const recordIds = [await treat(staff, patientIds[0] ?? '')];
  const person = {
    email: 'person@example.org',
    displayName: 'Person',
    password: TEST_PASSWORD,
    roles: ['PATIENT'],
  };
  await admitPerson(nobody, at, person);
  const link = staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
  await expectStatus(
    204,
    link.call('PUT', `/api/v1/patients/${patientIds[0]}/account`, { email: person.email }),
  );
  return { id: clinic.id, staff, patientIds, recordIds };
}

/** Makes the person's account, or lets them join by a code where they have one from another clinic. */
export async function admitPerson(
  nobody: TestClient,
  at: TestClient,
  person: { email: string; displayName: string; password: string; roles: string[] },
): Promise<void> {
  const made = await at.post('/api/v1/users', person);
  if (made.status === 201) return;
  const self = await nobody.signIn(person.email, person.password);
  const { code } = await expectStatus(201, self.post<{ code: string }>('/api/v1/users/me/join-codes', {}));
  await expectStatus(201, at.post('/api/v1/users/join', { code, roles: person.roles }));
}

async function hire(
  nobody: TestClient,
  at: TestClient,
  clinic: string,
  role: ClinicRole,
): Promise<TestClient> {
  const email = `${role.toLowerCase()}@${clinic}.example.org`;
  const user = { email, displayName: `${role} of ${clinic}`, password: TEST_PASSWORD, roles: [role] };
  await expectStatus(201, at.post('/api/v1/users', user));
  return nobody.signIn(email, TEST_PASSWORD);
}

async function register(staff: Record<ClinicRole, TestClient>, text: string): Promise<string> {
  const receptionist = staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
  const patient = { name: { text }, birthDate: '1980-02-29', ssn: '999-26-3829', gender: 'female' };
  return (await expectStatus(201, receptionist.post<{ id: string }>('/api/v1/patients', patient))).id;
}

async function treat(staff: Record<ClinicRole, TestClient>, patientId: string): Promise<string> {
  const record = {
    diagnosis: 'Atopic dermatitis',
    treatment: 'Emollient',
    visitStart: '2026-03-01T09:00:00+01:00',
  };
  const path = `/api/v1/patients/${patientId}/medical-records`;
  return (await expectStatus(201, staff.DOCTOR.post<{ id: string }>(path, record))).id;
}

async function expectStatus<Body>(
  status: number,
  answer: Promise<{ status: number; text: string; body: Body }>,
): Promise<Body> {
  const { status: got, text, body } = await answer;
  if (got !== status) throw new Error(`expected ${status}, got ${got}: ${text}`);
  return body;
}
