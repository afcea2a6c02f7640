import { randomBytes } from 'node:crypto';
import { ClinicRole, JoinCode, TokenResponse, User } from '@careward/api-schema';
import { faker } from '@faker-js/faker/locale/en';
import type { ApiClient } from '../client/api-client.ts';
import { DEMO_SEED } from './bundles/demo-bundles.ts';

/** Somebody who can sign in. */
export interface Person {
  readonly email: string;
  readonly password: string;
  readonly displayName: string;
}

/** A clinic with one person for each role. */
export interface StaffedClinic {
  readonly id: string;
  readonly name: string;
  readonly people: ReadonlyMap<ClinicRole, Person>;
}

/** Who makes the staff, and a client that has not signed in. */
export interface Clients {
  readonly administrator: ApiClient;
  readonly nobody: ApiClient;
}

const PASSWORD_BYTES = 15;

/** The one account that is a patient in both clinics. */
export const PATIENT_EMAIL = 'patient@people.example';

/** A random password, good for the demonstration and nothing else: 120 bits. */
export function randomPassword(): string {
  return randomBytes(PASSWORD_BYTES).toString('base64url');
}

/** Makes one person for each of the twelve roles, through the API as the administrator. The patient is given, being of both clinics. */
export async function staffClinic(
  clients: Clients,
  clinic: { readonly id: string; readonly name: string },
  number: number,
  patient: Person,
): Promise<StaffedClinic> {
  faker.seed(DEMO_SEED + number);
  const people = new Map<ClinicRole, Person>();
  for (const role of ClinicRole.options) {
    const name = `${faker.person.firstName()} ${faker.person.lastName()}`;
    const person =
      role === 'PATIENT' ? patient : { ...account(role, number), displayName: displayNameOf(role, name) };
    const body = { ...person, roles: [role] };
    if (role === 'PATIENT' && number > 1) await joinByCode(clients, clinic.id, patient);
    else
      await clients.administrator.get(User, {
        method: 'POST',
        path: '/api/v1/users',
        clinicId: clinic.id,
        body,
      });
    people.set(role, person);
  }
  return { ...clinic, people };
}

/** The patient has an account from the first clinic: the person lets the next clinic in by a code. */
async function joinByCode(
  { administrator, nobody }: Clients,
  clinicId: string,
  patient: Person,
): Promise<void> {
  const self = await signIn(nobody, patient);
  const { code } = await self.get(JoinCode, {
    method: 'POST',
    path: '/api/v1/users/me/join-codes',
    body: {},
  });
  const body = { code, roles: ['PATIENT'] };
  await administrator.get(User, { method: 'POST', path: '/api/v1/users/join', clinicId, body });
}

/** The person of this role. */
export function personOf({ people, name }: StaffedClinic, role: ClinicRole): Person {
  const person = people.get(role);
  if (person === undefined) throw new RangeError(`no ${role} in ${name}`);
  return person;
}

/** Signs in and gives a client that acts as this person. */
export async function signIn(client: ApiClient, { email, password }: Person): Promise<ApiClient> {
  const body = { email, password };
  const { accessToken } = await client.get(TokenResponse, {
    method: 'POST',
    path: '/api/v1/auth/sign-in',
    body,
  });
  return client.as(accessToken);
}

function account(role: ClinicRole, number: number) {
  const local = role.toLowerCase().replaceAll('_', '.');
  return { email: `${local}@clinic-${number}.example`, password: randomPassword() };
}

function displayNameOf(role: ClinicRole, name: string): string {
  return role === 'DOCTOR' ? `Dr. ${name}` : name;
}
