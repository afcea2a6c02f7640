/** Two clinics with staff of every role, patients and records, made through the API: the world most tests need. */
import { CLINIC_ROLES, type ClinicRole } from '@careward/access-policy';
import type { TestClient } from './client.ts';
import type { TestMailbox } from './mailbox.ts';

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
export async function buildTwoClinics({ nobody, mailbox }: Outside, setupCode: string): Promise<TwoClinics> {
  const email = 'root@example.org';
  const account = { email, password: TEST_PASSWORD, displayName: 'Root' };
  await expectStatus(201, nobody.post('/api/v1/setup', { code: setupCode, ...account }));
  const administrator = await nobody.signIn(email, TEST_PASSWORD);
  const north = await buildClinic({ nobody, mailbox, administrator }, 'north');
  const south = await buildClinic({ nobody, mailbox, administrator }, 'south');
  const person = await nobody.signIn('person@example.org', TEST_PASSWORD);
  return { administrator, north, south, person };
}

interface Builder {
  readonly nobody: TestClient;
  readonly mailbox: TestMailbox;
  readonly administrator: TestClient;
}

async function buildClinic(builder: Builder, name: string): Promise<TestClinic> {
  const { nobody, mailbox, administrator } = builder;
  const clinic = await expectStatus(201, administrator.post<{ id: string }>('/api/v1/clinics', { name }));
  const at = administrator.at(clinic.id);
  const staff = {} as Record<ClinicRole, TestClient>;
  // All at once: the mails come back while others are being asked for.
  await Promise.all(
    CLINIC_ROLES.map(async (role) => {
      staff[role] = await hire({ nobody, mailbox }, at, name, role);
    }),
  );
  const patientIds = [await register(staff, 'Ada Lovelace'), await register(staff, '李 小龍')];
  const recordIds = [await treat(staff, patientIds[0] ?? '')];
  const person = {
    email: 'person@example.org',
    displayName: 'Person',
    password: TEST_PASSWORD,
    roles: ['PATIENT'],
  };
  await admitPerson({ nobody, mailbox }, at, person);
  const link = staff.RECEPTIONIST.with({ 'x-purpose-of-use': 'HOPERAT' });
  await expectStatus(
    204,
    link.call('PUT', `/api/v1/patients/${patientIds[0]}/account`, { email: person.email }),
  );
  return { id: clinic.id, staff, patientIds, recordIds };
}

/** Who comes without an account, and where mail arrives. */
export interface Outside {
  readonly nobody: TestClient;
  readonly mailbox: TestMailbox;
}

/** Somebody to be given an account. */
export interface NewPerson {
  readonly email: string;
  readonly displayName: string;
  readonly password: string;
  readonly roles: readonly string[];
}

/** Invites the person, who accepts by making an account, or with the account from another clinic. */
export async function admitPerson(
  { nobody, mailbox }: Outside,
  at: TestClient,
  { email, displayName, password, roles }: NewPerson,
): Promise<void> {
  await expectStatus(201, at.post('/api/v1/users/invitations', { email, roles }));
  const code = await mailbox.code(email);
  const made = await nobody.post('/api/v1/invitations/accept', { code, displayName, password });
  if (made.status === 201) return;
  const self = await nobody.signIn(email, password);
  await expectStatus(204, self.post('/api/v1/invitations/accept-signed-in', { code }));
}

async function hire(outside: Outside, at: TestClient, clinic: string, role: ClinicRole): Promise<TestClient> {
  const email = `${role.toLowerCase()}@${clinic}.example.org`;
  const displayName = `${role} of ${clinic}`;
  await admitPerson(outside, at, { email, displayName, password: TEST_PASSWORD, roles: [role] });
  return outside.nobody.signIn(email, TEST_PASSWORD);
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
